-- functions of texts over a join
SELECT t.id, upper(s.username) AS name FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id
SELECT t.id, lower(s.surname) || ' ' || s.first_name AS who, length(s.surname) FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id ORDER BY t.id
SELECT t.id, replace(replace(t.mac_addr, ':', ''), '-', '') AS mac, substr(s.username, 1, 3) FROM portal.terminal t LEFT JOIN portal.subscriber s ON s.id = t.subscriber_id ORDER BY t.id
SELECT t.id, instr(s.username, 'a'), trim(s.surname), hex(s.surname), typeof(s.phone), quote(s.username) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, printf('%05d/%s', t.id, s.username), format('%.2f', s.balance) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT upper( s . "username" ) , [s].[surname]||`t`.`mac_addr` FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
-- moments
SELECT p.id, strftime('%Y-%m', p.start) AS month, date(p.stop), time(p.stop, '+1 hour') FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id
SELECT p.id, (unixepoch(p.stop) - unixepoch(p.start)) / 60 AS minutes, c.name FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id
SELECT t.id, round(julianday('2025-08-01') - julianday(t.last_seen), 3), datetime(t.last_seen, 'start of month') FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT channel_id, min(start), strftime('%H', max(stop)) FROM portal.tv_program GROUP BY channel_id ORDER BY 1
-- arithmetic that is not exact there
SELECT p.id, p.cost * 1.2, p.price / 2, -p.cost, coalesce(p.cost, p.price) FROM portal.package p JOIN portal.subscriber_package sp ON sp.package_id = p.id
SELECT t.id, t.id / 2, t.id % s.id, t.id / nullif(s.max_terminal, 0), s.balance + 1 FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, t.id << 2, t.id & 3, t.id | s.id, ~t.id, - s.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT disabled, count(*) / 2, 100.0 * sum(max_terminal) / count(*), round(avg(max_terminal), 1) FROM portal.subscriber GROUP BY disabled ORDER BY 1
SELECT count(*) * 1.5, max(id) / 7, sum(id) % 10, total(id) / count(id), abs(-min(id)) FROM portal.subscriber
SELECT round(avg(id), 2), sum(disabled = 1) IS NULL FROM portal.subscriber WHERE id < 0
-- values as they are written
SELECT 'accounts' AS what, count(*) AS number FROM portal.subscriber
SELECT 'it''s', NULL, 1.5, -0.25, x'0aFF', 'a"b', count(*) FROM portal.subscriber
SELECT disabled, 'x', 2.0, 0.5e1, .5 FROM portal.subscriber GROUP BY disabled
SELECT t.id, 'ж', "s"."username" || 'ё' FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
-- comparisons know their columns
SELECT t.id, s.username = 7, s.username < 'm', s.username LIKE 'T%', s.username GLOB '[a-u]*' FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, s.id = '7', s.id > '9', s.id < 'a', s.id IN ('7', 8), s.id BETWEEN '3' AND 9 FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT p.id, p.start > '2024', p.start < '2025', p.start < '2024-01-02', p.start > 5, p.start = '2024-01-01 12:00:00' FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id
SELECT t.id, s.disabled = '1', s.disabled IS TRUE, s.disabled IS NOT NULL, NOT s.disabled, s.business = s.disabled FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, s.balance > '5', s.balance = s.id, s.balance IS NULL, s.balance BETWEEN -1 AND 1e3 FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, s.username = s.surname, s.username > t.id, s.phone = s.id, s.username IS DISTINCT FROM s.surname FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, s.username COLLATE NOCASE = 'TEST', s.surname COLLATE RTRIM FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, nullif(s.id, '7'), nullif(s.username, 'test'), max(s.id, '9'), min(s.username, s.id), iif(s.id = '7', 1, 2) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT disabled, count(*) = '3', max(id) > '9', min(created_at) < '2025', max(created_at) > 5 FROM portal.subscriber GROUP BY disabled
SELECT t.id, CAST(s.id AS TEXT) = 7, CAST(s.username AS INTEGER) + 1, CAST(s.balance AS INT), cast(t.id as blob) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
-- cases
SELECT t.id, CASE WHEN s.disabled = 1 THEN 'off' WHEN s.balance < 0 THEN 'owes' ELSE 'fine' END AS state FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, CASE s.id WHEN '7' THEN 'text' WHEN 7 THEN 'number' END, CASE s.username WHEN 7 THEN 1 ELSE 0 END FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT CASE WHEN count(*) > 10 THEN 'many' ELSE 'few' END FROM portal.subscriber
SELECT disabled, CASE disabled WHEN 1 THEN 'off' WHEN 0 THEN 'on' ELSE 'unknown' END, count(*) FROM portal.subscriber GROUP BY disabled
-- names
SELECT t.id, upper(s.username) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id, upper(s.username) "up", lower(s.username) 'low', 1.5 x FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT t.id AS a, length(s.username) AS a, a FROM (SELECT id AS a, id, subscriber_id FROM portal.terminal) t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT sp.*, upper(p.name) AS up, p.* FROM portal.package p JOIN portal.subscriber_package sp ON sp.package_id = p.id
-- sorted by what SQLite makes
SELECT t.id, length(s.username) AS long FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY long DESC, t.id LIMIT 7
SELECT t.id, s.balance / 3 FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY 2, 1 DESC LIMIT 5 OFFSET 3
SELECT t.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY lower(s.surname) DESC NULLS LAST, t.id
SELECT t.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY upper(s.username) COLLATE NOCASE, t.id LIMIT 4
SELECT disabled, 1.0 * count(*) / max(id) AS share FROM portal.subscriber GROUP BY disabled ORDER BY share DESC LIMIT 1
SELECT subscriber_id, count(*) AS n, 10 / count(*) AS tenth FROM portal.terminal WHERE subscriber_id IS NOT NULL GROUP BY subscriber_id ORDER BY tenth DESC, n, subscriber_id LIMIT 6
SELECT channel_id, count(*) % 3 AS rest FROM portal.tv_program GROUP BY channel_id ORDER BY rest / 2.0 DESC NULLS FIRST, channel_id LIMIT 4 OFFSET 2
SELECT t.id, CASE WHEN s.disabled THEN 1 ELSE 0 END AS off FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY off, t.id DESC LIMIT 8
SELECT upper(s.username), t.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY t.id DESC LIMIT 3
SELECT lower(s.username), s.surname FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY s.surname, t.id LIMIT 3 OFFSET 4
-- selects within
WITH n AS (SELECT subscriber_id, count(*) AS boxes FROM portal.terminal GROUP BY subscriber_id) SELECT s.id, n.boxes * 1.5, printf('%d of %d', n.boxes, s.max_terminal) FROM portal.subscriber s JOIN n ON n.subscriber_id = s.id
WITH q AS (SELECT id, username AS u FROM portal.subscriber) SELECT t.id, q.u = 7, upper(q.u) FROM portal.terminal t JOIN q ON q.id = t.subscriber_id
SELECT upper(username), id FROM portal.subscriber WHERE id IN (SELECT subscriber_id FROM portal.terminal WHERE active) ORDER BY id
SELECT count(*), upper(max(n.d)) FROM (SELECT disabled AS d, count(*) AS c FROM portal.subscriber GROUP BY disabled) n
-- documents
SELECT m.id, json_type(m.extra_16), m.extra_16 ->> '$.a', json_valid(m.extra_16) FROM portal.media m JOIN portal.media n ON n.id = m.id
-- values that are bound
-- bind: ["it's", 2.5]
SELECT t.id, s.username || ?, t.id * ? FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
-- bind: {"a": -7, "b": null, "c": "ж"}
SELECT t.id, s.id + :a, coalesce(:b, @c, $a), -:a FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id WHERE s.id > :a
-- bind: [1e300, 3]
SELECT count(*) * ?1, count(*) / ?2, ?2 || ?1 FROM portal.subscriber WHERE id > ?2
-- comments
SELECT t.id /* the box */ , upper(s.username /* , who */) /* FROM x */ AS n, 1.5/*!*/+/**/t.id FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
-- different rows
SELECT DISTINCT upper(s.surname) FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id
SELECT DISTINCT s.surname, s.disabled FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY 1 DESC, 2 LIMIT 5
SELECT DISTINCT strftime('%Y', p.start) AS year, c.name FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id ORDER BY c.name, year
SELECT DISTINCT sum(max_terminal) / 100, 'x' FROM portal.subscriber GROUP BY disabled
SELECT DISTINCT s.username FROM portal.subscriber s JOIN portal.subscriber t ON t.id = s.id ORDER BY s.username DESC LIMIT 4 OFFSET 1
SELECT DISTINCT s.disabled FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY s.disabled / 2.0, 1
-- texts that look like SQL
SELECT t.id, s.username || 'DESC' FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id ORDER BY s.username || 'desc', t.id
SELECT t.id, 'FROM', ',', ';', s.username || ' AS x' AS "from" FROM portal.terminal t JOIN portal.subscriber s ON t.subscriber_id = s.id WHERE s.username IN ('test', ';', 'FROM')
-- an expression takes the affinity of a text beside it
SELECT s.username, s.username < count(*), count(*) > s.username, max(s.id) = s.username, s.username IN (count(*), 7), count(*) BETWEEN '1' AND s.username FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id GROUP BY s.id
SELECT s.id, s.phone, s.phone > max(t.id), s.id < max(t.id), - count(*), count(*) || s.id, count(*) COLLATE NOCASE FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id GROUP BY s.id
-- a select within that has groups makes none outside
WITH q(a, b) AS (SELECT disabled, count(*) FROM portal.subscriber GROUP BY 1) SELECT q.a, q.b, q.a IN (SELECT disabled FROM (SELECT disabled, count(*) AS n FROM portal.subscriber GROUP BY 1)) AS known FROM q
