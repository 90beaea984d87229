-- numbers and ranks
SELECT id, row_number() OVER (ORDER BY id DESC) FROM portal.subscriber ORDER BY id;
SELECT id, row_number() OVER (ORDER BY max_terminal, id) FROM portal.subscriber ORDER BY id;
SELECT id, row_number() OVER (ORDER BY max_terminal DESC NULLS LAST, id) FROM portal.subscriber ORDER BY id;
SELECT id, rank() OVER (ORDER BY max_terminal), dense_rank() OVER (ORDER BY max_terminal DESC) FROM portal.subscriber ORDER BY id;
SELECT id, rank() OVER (PARTITION BY disabled ORDER BY created_at) FROM portal.subscriber ORDER BY id;
SELECT id, percent_rank() OVER (ORDER BY balance), cume_dist() OVER (ORDER BY disabled) FROM portal.subscriber ORDER BY id;
SELECT id, ntile(7) OVER (ORDER BY username) FROM portal.subscriber ORDER BY id;
SELECT id, row_number() OVER (PARTITION BY channel_id ORDER BY start DESC, id) FROM portal.tv_program WHERE channel_id < 4 ORDER BY id;
SELECT subscriber_id, package_id, row_number() OVER (PARTITION BY package_id ORDER BY subscriber_id) FROM portal.subscriber_package WHERE package_id < 4 ORDER BY 1, 2;
SELECT start, channel_id, mac_addr, rank() OVER (PARTITION BY channel_id ORDER BY start) FROM portal.terminal_playlog WHERE channel_id IN (3, 17) ORDER BY 2, 1, 3;
SELECT id, rank() OVER (ORDER BY extra_71, extra_67 DESC) FROM portal.media ORDER BY id;
-- neighbours
SELECT id, lag(id) OVER (ORDER BY id), lead(id) OVER (ORDER BY id) FROM portal.subscriber ORDER BY id;
SELECT id, lag(username, 2, 'none') OVER (ORDER BY id) FROM portal.subscriber ORDER BY id;
SELECT id, lead(created_at) OVER (PARTITION BY disabled ORDER BY created_at, id) FROM portal.subscriber ORDER BY id;
SELECT id, first_value(id) OVER w, last_value(id) OVER w, nth_value(id, 2) OVER w FROM portal.subscriber WINDOW w AS (PARTITION BY max_terminal ORDER BY id) ORDER BY id;
SELECT id, last_value(start) OVER (PARTITION BY channel_id ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM portal.tv_program WHERE id < 80 ORDER BY id;
SELECT id, start > lag(stop) OVER (PARTITION BY channel_id ORDER BY start, id) FROM portal.tv_program WHERE channel_id BETWEEN 3 AND 7 ORDER BY id;
SELECT id, lag(last_seen) OVER (ORDER BY last_seen, id) FROM portal.terminal WHERE active = 1 ORDER BY id;
-- frames
SELECT id, sum(max_terminal) OVER (ORDER BY id ROWS 2 PRECEDING) FROM portal.subscriber WHERE max_terminal < 10 ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM portal.terminal ORDER BY id;
SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN 3 PRECEDING AND CURRENT ROW) FROM portal.terminal ORDER BY id;
SELECT id, count(*) OVER (ORDER BY max_terminal RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM portal.subscriber ORDER BY id;
SELECT id, count(*) OVER (ORDER BY max_terminal GROUPS 1 PRECEDING) FROM portal.subscriber ORDER BY id;
SELECT id, count(*) OVER (ORDER BY disabled GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM portal.subscriber ORDER BY id;
SELECT id, max(created_at) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM portal.subscriber ORDER BY id;
SELECT id, min(balance) OVER (PARTITION BY disabled ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM portal.subscriber ORDER BY id;
SELECT id, group_concat(id, ',') OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) FROM portal.tv_channel ORDER BY id;
SELECT id, count(*) FILTER (WHERE disabled) OVER (ORDER BY id) FROM portal.subscriber ORDER BY id;
SELECT id, avg(max_terminal) OVER (PARTITION BY disabled, business) FROM portal.subscriber WHERE max_terminal BETWEEN 0 AND 10 ORDER BY id;
-- over joins, groups, lists, limits
SELECT s.id, t.id, row_number() OVER (PARTITION BY s.id ORDER BY t.last_seen DESC, t.id) FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id ORDER BY 1, 2;
SELECT * FROM (SELECT s.id AS sid, t.id AS tid, row_number() OVER (PARTITION BY s.id ORDER BY t.last_seen DESC, t.id) AS n FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id) WHERE n = 1 ORDER BY 1;
SELECT max_terminal, count(*), sum(count(*)) OVER (ORDER BY max_terminal) FROM portal.subscriber GROUP BY max_terminal ORDER BY 1;
SELECT channel_id, count(*), rank() OVER (ORDER BY count(*) DESC) FROM portal.terminal_playlog GROUP BY channel_id ORDER BY 1;
SELECT id, row_number() OVER (ORDER BY id) FROM portal.subscriber WHERE id IN (40, 3, 22, 9) ORDER BY id DESC;
SELECT id, row_number() OVER (ORDER BY id) FROM portal.subscriber ORDER BY id DESC LIMIT 5;
SELECT id, row_number() OVER (ORDER BY id DESC) FROM portal.subscriber WHERE disabled = 0 OR business = 0 ORDER BY id LIMIT 5 OFFSET 5;
SELECT * FROM (SELECT id, row_number() OVER (ORDER BY username) AS n FROM portal.subscriber) WHERE n BETWEEN 5 AND 9 ORDER BY n;
SELECT * FROM (SELECT disabled, id, row_number() OVER (PARTITION BY disabled ORDER BY id) AS n FROM portal.subscriber) WHERE n <= 2 AND disabled IS NOT NULL ORDER BY 1, 2;
SELECT * FROM (SELECT disabled, id, count(*) OVER (PARTITION BY disabled) AS n FROM portal.subscriber) WHERE disabled = 1 ORDER BY id;
SELECT DISTINCT disabled, max(id) OVER (PARTITION BY disabled) FROM portal.subscriber ORDER BY 1;
SELECT id, sum(id) OVER () - id FROM portal.tv_category ORDER BY id;
SELECT count(*) OVER (), id FROM portal.subscriber WHERE username LIKE '%e%' ORDER BY id LIMIT 3;
WITH seen AS (SELECT subscriber_id, last_seen, lag(last_seen) OVER (PARTITION BY subscriber_id ORDER BY last_seen, id) AS before FROM portal.terminal) SELECT subscriber_id, last_seen, before FROM seen WHERE before IS NOT NULL ORDER BY 1, 2, 3;
WITH starts AS (SELECT id, channel_id, start, start IS NOT lag(stop) OVER (PARTITION BY channel_id ORDER BY start, id) AS breaks FROM portal.tv_program) SELECT channel_id, sum(breaks) FROM starts GROUP BY channel_id HAVING sum(breaks) > 1 ORDER BY 1;
