-- union, except, intersect
SELECT id FROM portal.subscriber UNION SELECT id FROM portal.terminal ORDER BY 1;
SELECT id FROM portal.subscriber UNION ALL SELECT id FROM portal.package ORDER BY 1;
SELECT id FROM portal.subscriber EXCEPT SELECT subscriber_id FROM portal.terminal ORDER BY 1;
SELECT subscriber_id FROM portal.terminal EXCEPT SELECT id FROM portal.subscriber ORDER BY 1;
SELECT id FROM portal.subscriber INTERSECT SELECT subscriber_id FROM portal.terminal ORDER BY 1;
SELECT username FROM portal.subscriber INTERSECT SELECT name FROM portal.package ORDER BY 1;
SELECT id, username FROM portal.subscriber WHERE id < 4 UNION ALL SELECT id, name FROM portal.package WHERE id < 4 ORDER BY 1, 2;
SELECT id FROM portal.subscriber UNION SELECT balance FROM portal.subscriber ORDER BY 1;
SELECT disabled FROM portal.subscriber UNION SELECT paid FROM portal.package ORDER BY 1;
SELECT * FROM (SELECT id FROM portal.subscriber UNION ALL SELECT id FROM portal.terminal) WHERE id < 5 ORDER BY 1;
SELECT id FROM portal.subscriber WHERE id < 3 UNION ALL SELECT id FROM portal.subscriber WHERE id < 3 ORDER BY 1 LIMIT 3;
SELECT id FROM portal.subscriber EXCEPT SELECT id FROM portal.subscriber ORDER BY 1;
SELECT email FROM portal.subscriber UNION SELECT email FROM portal.subscriber ORDER BY 1;
-- distinct
SELECT DISTINCT surname FROM portal.subscriber;
SELECT DISTINCT surname, disabled FROM portal.subscriber ORDER BY 1, 2;
SELECT DISTINCT mac_addr FROM portal.terminal_playlog ORDER BY 1;
SELECT DISTINCT * FROM portal.terminal_playlog;
SELECT DISTINCT s.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id ORDER BY 1;
SELECT DISTINCT s.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id;
SELECT count(DISTINCT surname), count(DISTINCT max_terminal), count(DISTINCT email) FROM portal.subscriber;
SELECT DISTINCT typeof(balance), disabled IS NULL FROM portal.subscriber ORDER BY 1, 2;
