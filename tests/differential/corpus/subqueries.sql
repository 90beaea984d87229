-- exists
SELECT id FROM portal.subscriber s WHERE EXISTS (SELECT 1 FROM portal.terminal t WHERE t.subscriber_id = s.id) ORDER BY id;
SELECT id FROM portal.subscriber s WHERE NOT EXISTS (SELECT 1 FROM portal.terminal t WHERE t.subscriber_id = s.id) ORDER BY id;
SELECT id FROM portal.subscriber s WHERE EXISTS (SELECT 1 FROM portal.terminal t WHERE t.subscriber_id = s.id AND t.active) AND disabled ORDER BY id;
SELECT id FROM portal.tv_channel c WHERE NOT EXISTS (SELECT * FROM portal.terminal_playlog l WHERE l.channel_id = c.id) ORDER BY id;
-- a value from a query
SELECT id, (SELECT count(*) FROM portal.terminal t WHERE t.subscriber_id = s.id) FROM portal.subscriber s ORDER BY id;
SELECT id, (SELECT max(start) FROM portal.tv_program p WHERE p.channel_id = c.id) FROM portal.tv_channel c ORDER BY id;
SELECT id, (SELECT mac_addr FROM portal.terminal t WHERE t.subscriber_id = s.id ORDER BY t.id DESC LIMIT 1) FROM portal.subscriber s ORDER BY id;
SELECT id FROM portal.subscriber s WHERE max_terminal < (SELECT count(*) FROM portal.terminal t WHERE t.subscriber_id = s.id) ORDER BY id;
SELECT id FROM portal.subscriber WHERE balance = (SELECT max(balance) FROM portal.subscriber) ORDER BY id;
SELECT id FROM portal.subscriber WHERE id = (SELECT id FROM portal.subscriber WHERE id < 0);
SELECT (SELECT count(*) FROM portal.subscriber), (SELECT count(*) FROM portal.terminal), (SELECT sum(price) FROM portal.package);
-- from a query
SELECT * FROM (SELECT id, username FROM portal.subscriber WHERE id < 9) WHERE id > 5 ORDER BY id;
SELECT q.n, count(*) FROM (SELECT subscriber_id, count(*) AS n FROM portal.terminal GROUP BY 1) q GROUP BY 1 ORDER BY 1;
SELECT s.id, q.n FROM portal.subscriber s LEFT JOIN (SELECT subscriber_id, count(*) n FROM portal.terminal GROUP BY 1) q ON q.subscriber_id = s.id ORDER BY 1;
SELECT * FROM (SELECT subscriber_id, count(*) n FROM portal.terminal GROUP BY 1) WHERE subscriber_id = 3;
SELECT x.id FROM (SELECT id FROM portal.subscriber ORDER BY id DESC LIMIT 10) x JOIN portal.terminal t ON t.subscriber_id = x.id ORDER BY 1, t.id;
-- with
WITH off AS (SELECT * FROM portal.subscriber WHERE disabled) SELECT off.id, t.id FROM off JOIN portal.terminal t ON t.subscriber_id = off.id ORDER BY 1, 2;
WITH t AS MATERIALIZED (SELECT subscriber_id, id FROM portal.terminal) SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN t ON t.subscriber_id = s.id ORDER BY 1, 2;
WITH t AS NOT MATERIALIZED (SELECT * FROM portal.terminal) SELECT a.id, b.id FROM t a JOIN t b ON a.id = b.subscriber_id ORDER BY 1, 2;
WITH RECURSIVE day(d) AS (SELECT '2024-01-01' UNION ALL SELECT date(d, '+1 day') FROM day WHERE d < '2024-01-05') SELECT d, (SELECT count(*) FROM portal.tv_program p WHERE p.start >= d AND p.start < date(d, '+1 day')) FROM day ORDER BY 1;
WITH RECURSIVE next(id, stop, depth) AS (SELECT id, stop, 0 FROM portal.tv_program WHERE id = 1 UNION ALL SELECT p.id, p.stop, depth + 1 FROM next JOIN portal.tv_program p ON p.start = next.stop AND p.channel_id = 1 WHERE depth < 6) SELECT * FROM next ORDER BY depth, id;
WITH a AS (SELECT id FROM portal.subscriber WHERE id < 10), b AS (SELECT id FROM a WHERE id > 3) SELECT count(*), min(id), max(id) FROM b;
WITH unused AS (SELECT * FROM portal.media) SELECT count(*) FROM portal.package;
