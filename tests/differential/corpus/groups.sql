-- aggregates
SELECT count(*), sum(id), avg(id), min(id), max(id) FROM portal.subscriber;
SELECT count(*) FROM portal.subscriber WHERE disabled = 1;
SELECT count(*) FROM portal.subscriber WHERE id < 0;
SELECT max(id) FROM portal.subscriber WHERE id < 0;
SELECT sum(disabled), sum(max_terminal), total(balance) IS NULL FROM portal.subscriber;
SELECT group_concat(id) FROM (SELECT id FROM portal.subscriber WHERE id < 6 ORDER BY id);
SELECT group_concat(name, '|' ORDER BY name) FROM portal.package;
SELECT max(username), id FROM portal.subscriber WHERE id < 20;
SELECT min(created_at), id FROM portal.subscriber WHERE id IN (1, 2, 3);
SELECT count(*) FILTER (WHERE disabled), count(*) FILTER (WHERE NOT disabled) FROM portal.subscriber;
SELECT json_group_array(id) FROM (SELECT id FROM portal.subscriber WHERE id < 4 ORDER BY id);
-- groups
SELECT surname, count(*) FROM portal.subscriber GROUP BY surname ORDER BY 2 DESC, 1;
SELECT surname, disabled, count(*), max(id) FROM portal.subscriber GROUP BY surname, disabled ORDER BY 1, 2;
SELECT subscriber_id, count(*) FROM portal.terminal GROUP BY subscriber_id HAVING count(*) > 1 ORDER BY 1;
SELECT length(username) AS l, count(*) FROM portal.subscriber GROUP BY l HAVING l > 3 ORDER BY l;
SELECT substr(start, 1, 10), count(*) FROM portal.tv_program GROUP BY 1 ORDER BY 1;
SELECT channel_id, count(*), count(DISTINCT mac_addr) FROM portal.terminal_playlog GROUP BY 1 ORDER BY 2 DESC, 1;
SELECT package_id, sum(enabled), count(*) FROM portal.subscriber_package GROUP BY package_id ORDER BY 1;
SELECT id FROM portal.subscriber GROUP BY id HAVING id < 5 ORDER BY 1;
SELECT count(*) FROM portal.subscriber GROUP BY id % 7 ORDER BY min(id);
SELECT s.disabled, p.paid, count(*) FROM portal.subscriber s JOIN portal.subscriber_package sp ON sp.subscriber_id = s.id JOIN portal.package p ON p.id = sp.package_id GROUP BY 1, 2 ORDER BY 1, 2;
SELECT max_terminal, group_concat(id, ',' ORDER BY id) FROM portal.subscriber GROUP BY max_terminal ORDER BY 1;
-- windows
SELECT id, row_number() OVER (ORDER BY username, id) FROM portal.subscriber ORDER BY id;
SELECT id, rank() OVER (PARTITION BY surname ORDER BY balance DESC) FROM portal.subscriber ORDER BY id;
SELECT id, lag(stop) OVER (PARTITION BY channel_id ORDER BY start, id) FROM portal.tv_program ORDER BY id;
SELECT id, round(sum(balance) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 2) FROM portal.subscriber ORDER BY id;
SELECT id, count(*) OVER (PARTITION BY disabled), ntile(4) OVER (ORDER BY id) FROM portal.subscriber ORDER BY id;
SELECT * FROM (SELECT subscriber_id, id, row_number() OVER (PARTITION BY subscriber_id ORDER BY id DESC) n FROM portal.terminal) WHERE n = 1 ORDER BY 1;
SELECT surname, sum(count(*)) OVER (ORDER BY surname) FROM portal.subscriber GROUP BY surname ORDER BY 1;
