-- conditions on different columns
SELECT id FROM portal.subscriber WHERE id = 3 OR username = 'test' ORDER BY id;
SELECT id FROM portal.subscriber WHERE id < 4 OR disabled = 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE id < 10 OR id > 45 OR surname = 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'test' OR username = 'Test' OR email IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE (id = 3 OR username = 'test') AND disabled = 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 0 AND (surname = 'Иванов' OR surname = 'Test' OR balance < 0) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (id = 3 AND disabled = 1) OR (id = 4 AND disabled = 0) OR (id = 5 AND disabled = 1) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = 3 OR max_terminal + 1 = 3 ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = 3 OR username < 'b' ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = 3 OR NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = 3 OR 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT (id > 3 OR disabled = 1) ORDER BY id;
SELECT count(*) FROM portal.subscriber WHERE id < 30 OR id > 20 OR disabled OR NOT disabled;
-- tables without a key
SELECT start, mac_addr FROM portal.terminal_playlog WHERE channel_id = 3 OR domain_id = 2;
SELECT count(*) FROM portal.terminal_playlog WHERE channel_id < 5 OR domain_id > 1 OR mac_addr IS NULL;
SELECT * FROM portal.tv_program_category WHERE program_id = 5 OR category_id = 3;
SELECT count(*) FROM portal.tv_program_category WHERE program_id < 20 OR category_id < 4;
-- a key of two columns
SELECT * FROM portal.subscriber_package WHERE subscriber_id = 3 OR package_id = 2;
SELECT * FROM portal.subscriber_package WHERE subscriber_id < 5 OR package_id > 10 OR enabled = 0;
-- in joins
SELECT s.id, t.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id OR t.id = s.id WHERE s.id < 8 ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id AND (t.active = 1 OR t.registered = 0) ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s, portal.terminal t WHERE (t.subscriber_id = s.id AND s.id = 3) OR (t.id = 5 AND s.id = 6) ORDER BY 1, 2;
