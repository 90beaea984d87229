-- counts of several tables
SELECT 'subscribers' AS what, count(*) AS number FROM portal.subscriber UNION ALL SELECT 'boxes', count(*) FROM portal.terminal UNION ALL SELECT 'channels', count(*) FROM portal.tv_channel
SELECT (SELECT count(*) FROM portal.subscriber) AS accounts, (SELECT count(*) FROM portal.terminal WHERE active) AS boxes
SELECT (SELECT count(*) FROM portal.subscriber) * 1.0 / (SELECT count(*) FROM portal.terminal), (SELECT max(id) FROM portal.tv_program)
SELECT (SELECT count(*) FROM portal.terminal) BETWEEN 5 AND (SELECT count(*) FROM portal.tv_program) AS a, coalesce((SELECT min(id) FROM portal.terminal WHERE id < 0), -1) AS b
SELECT CASE WHEN (SELECT count(*) FROM portal.terminal) > (SELECT count(*) FROM portal.subscriber) THEN 'more' ELSE 'fewer' END AS boxes
SELECT a.n, b.n, a.n + b.n AS both FROM (SELECT count(*) AS n FROM portal.terminal) AS a, (SELECT count(*) AS n FROM portal.tv_channel) AS b
WITH a AS (SELECT count(*) AS n FROM portal.terminal), b AS (SELECT count(*) AS n FROM portal.tv_channel) SELECT a.n - b.n AS d FROM a, b
-- arms of compounds
SELECT id FROM portal.package UNION SELECT id FROM portal.tv_channel WHERE id < 20 ORDER BY 1
SELECT subscriber_id FROM portal.terminal WHERE active = 1 AND subscriber_id IS NOT NULL EXCEPT SELECT id FROM portal.subscriber WHERE disabled = 1 ORDER BY subscriber_id DESC LIMIT 20
SELECT id FROM portal.subscriber INTERSECT SELECT subscriber_id FROM portal.terminal ORDER BY id LIMIT 7 OFFSET 3
SELECT id, name FROM portal.package UNION ALL SELECT id, name FROM portal.tv_channel WHERE id < 9 ORDER BY name, id
SELECT count(*), 'x' FROM portal.package UNION SELECT count(*), 'x' FROM portal.package UNION ALL SELECT 7, 'y' ORDER BY 2, 1
SELECT disabled AS flag, count(*) AS n FROM portal.subscriber GROUP BY disabled UNION ALL SELECT active, count(*) FROM portal.terminal GROUP BY active ORDER BY n, flag
SELECT strftime('%Y-%m', created_at) AS month, 1 AS joined FROM portal.subscriber WHERE id < 40 UNION ALL SELECT strftime('%Y-%m', last_seen), 0 FROM portal.terminal WHERE id < 40 ORDER BY 1, 2
SELECT id, NULL AS other FROM portal.package UNION ALL SELECT NULL, id FROM portal.tv_channel WHERE id <= 5 ORDER BY id, other
SELECT max(start) FROM portal.tv_program UNION ALL SELECT max(last_seen) FROM portal.terminal UNION ALL SELECT max(created_at) FROM portal.subscriber
SELECT t.id, s.username FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id WHERE t.id < 30 UNION SELECT id, username FROM portal.subscriber WHERE id < 30 ORDER BY 1, 2
SELECT * FROM (SELECT id FROM portal.package UNION SELECT subscriber_id FROM portal.terminal WHERE id < 50) ORDER BY id LIMIT 9
VALUES (1) UNION SELECT count(*) FROM portal.package UNION SELECT count(*) FROM portal.tv_channel ORDER BY 1
-- types of columns in compounds
SELECT id FROM portal.package WHERE id < 5 UNION SELECT '3' ORDER BY 1
SELECT x, x = '3' AS same, x < '4' AS less FROM (SELECT id AS x FROM portal.package UNION ALL SELECT count(*) FROM portal.tv_channel) ORDER BY 1
SELECT x, x = 3 AS same, typeof(x) FROM (SELECT username AS x FROM portal.subscriber WHERE id < 30 UNION ALL SELECT CAST(count(*) AS TEXT) FROM portal.package) ORDER BY 1
SELECT x, x = '1' AS same FROM (SELECT 1 AS x UNION ALL SELECT disabled FROM portal.subscriber WHERE id < 9 UNION ALL SELECT count(*) FROM portal.package) ORDER BY 1, 2
SELECT x, x > '0' AS more, x + 0 FROM (SELECT balance AS x FROM portal.subscriber WHERE id < 40 UNION ALL SELECT count(*) FROM portal.package) ORDER BY 1
SELECT x, x = '2' AS same FROM (SELECT id + 1 AS x FROM portal.package WHERE id < 5 UNION ALL SELECT count(*) FROM portal.tv_channel) ORDER BY 1
-- windows
SELECT channel_id, start, lead(start) OVER (PARTITION BY channel_id ORDER BY start, id) AS following FROM portal.tv_program WHERE channel_id <= 20 ORDER BY channel_id, start, id
SELECT disabled, count(*) AS n, sum(count(*)) OVER () AS every FROM portal.subscriber WHERE id < 2000 GROUP BY disabled ORDER BY 1
SELECT n, disabled, rank() OVER (ORDER BY n DESC) AS place FROM (SELECT disabled, count(*) AS n FROM portal.subscriber GROUP BY disabled) ORDER BY 1, 2
WITH months AS (SELECT channel_id, count(*) AS n, max(stop) AS last FROM portal.tv_program WHERE channel_id IS NOT NULL GROUP BY channel_id) SELECT channel_id, n, row_number() OVER w AS number, n - lag(n, 1, 0) OVER w AS more FROM months WINDOW w AS (ORDER BY n DESC, channel_id) ORDER BY number LIMIT 10
SELECT id, subscriber_id, row_number() OVER (PARTITION BY subscriber_id ORDER BY id) AS nth FROM portal.terminal WHERE id BETWEEN 10 AND 400 AND subscriber_id IS NOT NULL ORDER BY id
SELECT * FROM (SELECT t.*, ntile(4) OVER (ORDER BY t.id) AS quarter FROM portal.terminal AS t WHERE t.id < 100) WHERE quarter = 2 ORDER BY id
-- aggregates that the portal lacks
SELECT channel_id, group_concat(id) AS ids, count(*) AS n FROM portal.tv_program WHERE id < 400 GROUP BY channel_id ORDER BY 1
SELECT subscriber_id, group_concat(mac_addr, ' ') FROM portal.terminal WHERE subscriber_id IS NOT NULL AND id < 300 GROUP BY subscriber_id ORDER BY 1 LIMIT 10
SELECT group_concat(DISTINCT channel_id) FROM portal.tv_program WHERE channel_id < 9
SELECT lower(substr(username, 1, 1)) AS letter, count(*) AS n, sum(balance) > 0, avg(balance) IS NULL FROM portal.subscriber WHERE id < 2000 GROUP BY 1 ORDER BY 1
SELECT count(*) FILTER (WHERE disabled) AS off, count(*) FILTER (WHERE NOT disabled) AS on_, count(*) AS n FROM portal.subscriber WHERE id < 3000
SELECT strftime('%H', start) AS hour, count(*) AS n FROM portal.tv_program WHERE id BETWEEN 5 AND 3000 GROUP BY hour ORDER BY hour
SELECT json_group_array(id) FROM (SELECT id FROM portal.package WHERE paid = 1 ORDER BY id)
SELECT disabled, count(*) AS n FROM portal.subscriber WHERE id < 3000 GROUP BY disabled HAVING lower(max(username)) > 'a' ORDER BY 1
-- selects in expressions
SELECT id FROM portal.subscriber WHERE id = (SELECT max(subscriber_id) FROM portal.terminal) UNION ALL SELECT count(*) FROM portal.package
SELECT username FROM wanted WHERE subscriber_id IN (SELECT subscriber_id FROM portal.subscriber_package) AND 0 < (SELECT count(*) FROM portal.terminal) ORDER BY 1
SELECT EXISTS (SELECT 1 FROM portal.subscriber WHERE id = 5) AS five, EXISTS (SELECT 1 FROM portal.subscriber WHERE id = -5) AS none, EXISTS (SELECT id FROM portal.terminal ORDER BY id LIMIT 5 OFFSET 100000) AS far, EXISTS (SELECT disabled FROM portal.subscriber GROUP BY disabled) AS groups, (SELECT count(*) FROM portal.package) AS n
SELECT EXISTS (SELECT 'a' FROM portal.subscriber JOIN portal.terminal ON terminal.subscriber_id = subscriber.id) AS some, (SELECT count(*) FROM portal.package) AS n
SELECT x IN (SELECT id FROM portal.package) AS known, (SELECT count(*) FROM portal.package) AS n FROM (SELECT '1' AS x UNION ALL SELECT 2 UNION ALL SELECT 2.0 UNION ALL SELECT NULL UNION ALL SELECT 'a')
SELECT (SELECT count(*) FROM portal.package) NOT IN (SELECT id FROM portal.tv_channel) AS a, 5 IN (SELECT max(id) FROM portal.package UNION SELECT count(*) FROM portal.tv_channel) AS b
-- names and nesting
WITH unused AS (SELECT id FROM portal.tv_program), a(x, y) AS MATERIALIZED (SELECT disabled, count(*) FROM portal.subscriber GROUP BY 1) SELECT y, x, (SELECT count(*) FROM portal.terminal) AS n FROM a ORDER BY 1
WITH a AS (SELECT id FROM portal.package), b AS (SELECT id FROM a WHERE id > 1) SELECT count(*) FROM b UNION ALL SELECT max(id) FROM a
WITH a AS NOT MATERIALIZED (SELECT subscriber_id AS id, count(*) AS n FROM portal.terminal GROUP BY 1), b AS (SELECT n, count(*) AS m FROM a GROUP BY n) SELECT n, m, sum(m) OVER (ORDER BY n) AS upto, (SELECT count(*) FROM a) AS every FROM b ORDER BY n
WITH RECURSIVE step(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n < 3) SELECT n, (SELECT count(*) FROM portal.package WHERE id > 2) AS many FROM step ORDER BY n
SELECT "what is it", [a b], `c` FROM (SELECT 'x' AS "what is it", count(*) AS [a b], max(id) AS `c` FROM portal.package UNION ALL SELECT 'y', count(*), 0 FROM portal.tv_channel)
SELECT count(*), count(*) FROM portal.package UNION ALL SELECT max(id), min(id) FROM portal.tv_channel
SELECT * FROM (SELECT count(*), count(*) FROM portal.package UNION ALL SELECT max(id), min(id) FROM portal.tv_channel)
WITH a AS (SELECT t.id, s.id, s.username FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id WHERE t.id < 20) SELECT *, count(*) OVER () FROM a ORDER BY 1
-- parameters
-- bind: [20, "x"]
SELECT count(*), ?2 FROM portal.terminal WHERE id < ?1 UNION ALL SELECT count(*), 'y' FROM portal.subscriber WHERE id < ?1
-- bind: {"top": 30, "name": "it's"}
SELECT count(*) AS n, :name AS name FROM portal.terminal WHERE id < :top UNION ALL SELECT count(*), $name FROM portal.subscriber WHERE id < @top
-- bind: [-3, null, 2.5]
SELECT ? AS a, ? AS b, count(*) - ? AS c FROM portal.package UNION ALL SELECT max(id), min(id), count(*) FROM portal.tv_channel
-- bind: [3, 1]
SELECT id FROM portal.package UNION SELECT id FROM portal.tv_channel WHERE id < 30 ORDER BY 1 LIMIT ? OFFSET ?
-- bind: [7, 3, "x"]
SELECT count(*), ?1, ? FROM portal.package WHERE id < ?2 UNION ALL SELECT count(*), ?2, ? FROM portal.tv_channel
-- expressions take the affinity of a text beside them
SELECT (SELECT count(DISTINCT channel_id) FROM portal.tv_program) >= (SELECT username FROM portal.subscriber WHERE id = 7), (SELECT count(*) FROM portal.package) IN (SELECT '12' UNION SELECT '11')
SELECT q.m < s.username AS less, count(*) FROM (SELECT max(id) AS m FROM portal.terminal) q, (SELECT username FROM portal.subscriber WHERE id < 99) s GROUP BY 1
SELECT q.x = '5', q.x < s.username, s.disabled < q.x FROM (SELECT m AS x FROM (SELECT max(max_terminal) AS m FROM portal.subscriber)) AS q, (SELECT username, disabled FROM portal.subscriber WHERE id < 30) AS s WHERE length(s.username) > 0
-- conditions that keep more rows there, which SQLite drops
SELECT id, username, balance FROM portal.subscriber WHERE balance < 0 OR id IN (SELECT subscriber_id FROM portal.terminal WHERE registered = 0 AND id < 900) ORDER BY id LIMIT 10
SELECT disabled, group_concat(id), count(*) FROM portal.subscriber WHERE balance >= 0 AND balance < 1 AND id < 2000 AND id NOT IN (SELECT subscriber_id FROM portal.terminal WHERE id < 50 AND subscriber_id IS NOT NULL) GROUP BY 1
SELECT group_concat(id) FROM portal.subscriber WHERE id IN (SELECT id FROM portal.subscriber WHERE balance > 0 AND id < 40) AND NOT balance > 5 AND id < 2000
SELECT group_concat(id) FROM portal.subscriber WHERE id NOT IN (SELECT id FROM portal.subscriber WHERE balance >= 1 AND id < 40) AND 0 <= balance AND id < 2000
SELECT round(sum(balance), 2), count(*) FROM portal.subscriber WHERE balance > 0.5 AND balance <= 9e99 AND balance > -1.0 AND id < 2000
-- EXISTS of what is combined needs all rows of it
SELECT EXISTS (SELECT id FROM portal.package EXCEPT SELECT id FROM portal.package WHERE id < 3) AS a, EXISTS (SELECT id FROM portal.package INTERSECT SELECT max(id) FROM portal.package) AS b, EXISTS (SELECT id FROM portal.package WHERE id < 0 UNION SELECT id FROM portal.tv_channel) AS c
