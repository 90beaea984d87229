-- two tables
SELECT s.id, t.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT s.username, t.mac_addr FROM portal.subscriber s, portal.terminal t WHERE t.subscriber_id = s.id AND s.disabled ORDER BY s.id, t.id;
SELECT s.id, t.id FROM portal.subscriber s CROSS JOIN portal.terminal t WHERE s.id = t.subscriber_id AND t.active ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s INNER JOIN portal.terminal t ON s.id = t.subscriber_id AND t.active = 1 WHERE s.id < 9 ORDER BY 1, 2;
SELECT s.id, i.inet_addr FROM portal.subscriber s JOIN portal.subscriber_inetaddr i ON i.subscriber_id = s.id ORDER BY 1, 2, i.id;
SELECT t.id, i.id FROM portal.terminal t JOIN portal.subscriber_inetaddr i ON i.inet_addr = t.inet_addr ORDER BY 1, 2;
SELECT count(*) FROM portal.subscriber, portal.package;
SELECT count(*) FROM portal.subscriber CROSS JOIN portal.tv_channel;
-- left, right, full
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT s.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id WHERE t.id IS NULL ORDER BY 1;
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id WHERE t.active = 1 ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id AND s.disabled ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.terminal t RIGHT JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s FULL JOIN portal.terminal t ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s FULL JOIN portal.terminal t ON t.subscriber_id = s.id AND t.active WHERE coalesce(s.id, t.id) < 20 ORDER BY 1, 2;
SELECT s.id, t.id, i.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id LEFT JOIN portal.subscriber_inetaddr i ON i.inet_addr = t.inet_addr ORDER BY 1, 2, 3;
SELECT p.start, c.name FROM portal.terminal_playlog p FULL JOIN portal.tv_channel c ON c.id = p.channel_id;
SELECT c.id, p.mac_addr FROM portal.tv_channel c RIGHT JOIN portal.terminal_playlog p ON c.id = p.channel_id;
SELECT sp.subscriber_id, p.name FROM portal.subscriber_package sp FULL JOIN portal.package p ON p.id = sp.package_id;
-- natural and using
SELECT id, s.username, p.name FROM portal.subscriber s JOIN portal.package p USING (id) ORDER BY 1;
SELECT count(*) FROM portal.service NATURAL JOIN portal.user;
SELECT id, a.name, b.name FROM portal.service a NATURAL LEFT JOIN (SELECT id FROM portal.user) JOIN portal.key b USING (id) ORDER BY 1;
SELECT subscriber_id, count(*) FROM portal.terminal JOIN portal.subscriber_package USING (subscriber_id) GROUP BY 1 ORDER BY 1;
-- a table with itself
SELECT a.id, b.id FROM portal.terminal a JOIN portal.terminal b ON a.mac_addr = b.mac_addr AND a.id < b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON a.surname = b.username AND a.id <> b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON b.id = a.id + 1 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.subscriber b ON b.id = a.max_terminal ORDER BY 1, 2;
SELECT a.id FROM portal.subscriber a JOIN portal.subscriber b ON a.id = b.id JOIN portal.subscriber c ON c.id = b.id ORDER BY 1;
-- three tables and more
SELECT s.id, p.name FROM portal.subscriber s JOIN portal.subscriber_package sp ON sp.subscriber_id = s.id JOIN portal.package p ON p.id = sp.package_id ORDER BY 1, p.id;
SELECT s.id, t.id, p.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id JOIN portal.subscriber_package sp ON sp.subscriber_id = s.id JOIN portal.package p ON p.id = sp.package_id WHERE p.paid ORDER BY 1, 2, 3;
SELECT c.name, k.genre, count(*) FROM portal.tv_channel c JOIN portal.tv_program p ON p.channel_id = c.id JOIN portal.tv_program_category pc ON pc.program_id = p.id JOIN portal.tv_category k ON k.id = pc.category_id GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2;
SELECT l.start, d.name, c.name FROM portal.terminal_playlog l JOIN portal.domain d ON d.id = l.domain_id JOIN portal.tv_channel c ON c.id = l.channel_id;
SELECT s.id, count(DISTINCT t.id), count(DISTINCT sp.package_id) FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id LEFT JOIN portal.subscriber_package sp ON sp.subscriber_id = s.id GROUP BY s.id ORDER BY 1;
-- keys of two columns, and none
SELECT a.subscriber_id, a.package_id FROM portal.subscriber_package a JOIN portal.subscriber_package b ON a.subscriber_id = b.subscriber_id AND a.package_id = b.package_id ORDER BY 1, 2;
SELECT enabled FROM portal.subscriber_package WHERE subscriber_id = 3 AND package_id = 4;
SELECT * FROM portal.subscriber_package WHERE subscriber_id = 3 ORDER BY package_id;
SELECT * FROM portal.subscriber_package WHERE package_id = 3 ORDER BY subscriber_id;
SELECT * FROM portal.terminal_playlog WHERE mac_addr IS NULL;
SELECT a.start, b.start FROM portal.terminal_playlog a JOIN portal.terminal_playlog b ON a.mac_addr = b.mac_addr AND a.channel_id = b.channel_id AND a.start < b.start;
SELECT count(*) FROM portal.terminal_playlog l JOIN portal.terminal t ON t.mac_addr = l.mac_addr;
-- other tables beside
SELECT s.id, j.value FROM portal.subscriber s JOIN json_each('[1, 2, "3", null, 4.0]') j ON s.id = j.value ORDER BY 1;
SELECT j.value, s.id FROM json_each('[1, 2, "3", null, 4.0, "x"]') j LEFT JOIN portal.subscriber s ON s.id = j.value ORDER BY j.key;
SELECT v.column1, s.id FROM (VALUES ('test'), (7), (NULL), ('id')) v JOIN portal.subscriber s ON s.username = v.column1 ORDER BY 2;
SELECT g.value, s.id FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 5 FROM n WHERE value < 20) SELECT * FROM n) g LEFT JOIN portal.subscriber s ON s.id = g.value ORDER BY 1;
-- inequality joins
SELECT a.id, b.id FROM portal.package a JOIN portal.package b ON a.price < b.price ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.tv_program a JOIN portal.tv_program b ON a.channel_id = b.channel_id AND a.start < b.stop AND b.start < a.stop AND a.id < b.id WHERE a.id < 40 ORDER BY 1, 2;
SELECT s.id, p.id FROM portal.subscriber s JOIN portal.package p ON p.price <= s.balance WHERE s.id < 15 ORDER BY 1, 2;
-- on a range, on both a key and a range
SELECT s.id, c.id FROM portal.subscriber s LEFT JOIN portal.tv_channel c ON c.id < s.max_terminal ORDER BY 1, 2;
SELECT s.id, t.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id AND t.id > s.max_terminal + 20 ORDER BY 1, 2;
SELECT c.id, p.id FROM portal.tv_channel c JOIN portal.tv_program p ON p.channel_id >= c.id AND p.channel_id < c.id + 2 ORDER BY 1, 2 LIMIT 90;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON b.created_at > a.created_at WHERE a.id < 20 ORDER BY 1, 2;
SELECT a.id, count(b.id) FROM portal.subscriber a LEFT JOIN portal.subscriber b ON b.balance BETWEEN a.balance - 10 AND a.balance + 10 GROUP BY 1 ORDER BY 1;
