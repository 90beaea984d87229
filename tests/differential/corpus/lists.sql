-- a list
SELECT id FROM portal.subscriber WHERE id IN (3, 1, 2, 999) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (3);
SELECT id FROM portal.subscriber WHERE id IN ();
SELECT id FROM portal.subscriber WHERE id NOT IN () ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (1, '2', 3.0, ' 4', '5.0', 6.5, 'seven', x'38', NULL) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id NOT IN (1, 2, 3) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id NOT IN (1, 2, NULL);
SELECT id FROM portal.subscriber WHERE surname IN ('Иванов', 'Test', NULL) ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname IN ('Иванов', 'Test') AND id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (NULL);
SELECT id FROM portal.subscriber WHERE id IN (1, 2) OR id IN (2, 3) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = 1 OR id = 2 OR id = 2 OR id = NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE balance IN (0, -12.5, '5', 0.1) ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at IN ('2020-02-17 00:00:00', '2020-02-17') ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE NOCASE IN ('TEST', 'password') ORDER BY id;
-- a list from a query
SELECT id FROM portal.subscriber WHERE id IN (SELECT subscriber_id FROM portal.terminal) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id NOT IN (SELECT subscriber_id FROM portal.terminal);
SELECT id FROM portal.subscriber WHERE id NOT IN (SELECT subscriber_id FROM portal.terminal WHERE subscriber_id IS NOT NULL) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (SELECT subscriber_id FROM portal.terminal WHERE active) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (SELECT username FROM portal.subscriber) ORDER BY id;
SELECT id FROM portal.subscriber WHERE username IN (SELECT id FROM portal.subscriber) ORDER BY id;
SELECT id FROM portal.subscriber WHERE username IN (SELECT name FROM portal.package) ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IN (SELECT paid FROM portal.package) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (SELECT balance FROM portal.subscriber) ORDER BY id;
SELECT id FROM portal.tv_program WHERE channel_id IN (SELECT id FROM portal.tv_channel WHERE name LIKE '%1%') ORDER BY id;
-- the empty set
SELECT id FROM portal.subscriber WHERE id IN (SELECT id FROM portal.subscriber WHERE id < 0);
SELECT id FROM portal.subscriber WHERE id NOT IN (SELECT id FROM portal.subscriber WHERE id < 0) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (SELECT value FROM json_each('[]'));
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id AND t.id IN (SELECT value FROM json_each('[]')) ORDER BY 1, 2;
-- many members
SELECT id FROM portal.subscriber WHERE id IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i FROM n) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IN (SELECT value FROM json_each('[5, 6, 7, "8", 9.0, null, true]')) ORDER BY id;
SELECT count(*) FROM portal.tv_program WHERE id IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) SELECT i FROM n) AND channel_id IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) SELECT i FROM n);
-- the left side changes
SELECT s.id, t.id FROM portal.subscriber s, portal.terminal t WHERE t.subscriber_id IN (s.id, s.id + 1) AND s.id < 6 ORDER BY 1, 2;
SELECT s.id FROM portal.subscriber s WHERE s.id IN (SELECT t.subscriber_id FROM portal.terminal t WHERE t.id <= s.id + 5) ORDER BY 1;
-- row values
SELECT id FROM portal.subscriber WHERE (id, disabled) = (6, 1) OR (id, disabled) = (3, 1);
SELECT id FROM portal.subscriber WHERE (id, disabled) IN (VALUES (1, 0), (2, 1), (3, 0), (3, 1)) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (surname, id) IN (SELECT surname, id FROM portal.subscriber WHERE id % 2) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (max_terminal, id) < (3, 20) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (max_terminal, id) >= (3, 20) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (id, surname) > (10, 'Г') ORDER BY id LIMIT 3;
SELECT subscriber_id, package_id FROM portal.subscriber_package WHERE (subscriber_id, package_id) > (5, 3) ORDER BY 1, 2 LIMIT 4;
SELECT id FROM portal.subscriber WHERE (id, email) IS (3, NULL);
SELECT subscriber_id, package_id FROM portal.subscriber_package WHERE (subscriber_id, package_id) IN (SELECT subscriber_id, package_id FROM portal.subscriber_package WHERE enabled) ORDER BY 1, 2;
