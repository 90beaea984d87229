-- sorted downward along the key
SELECT id FROM portal.tv_program ORDER BY id DESC LIMIT 7;
SELECT id FROM portal.tv_program ORDER BY id DESC LIMIT 50 OFFSET 30;
SELECT id, title FROM portal.tv_program ORDER BY rowid DESC LIMIT 3;
SELECT id FROM portal.tv_program WHERE channel_id = 3 ORDER BY id DESC;
SELECT max(id), min(id) FROM portal.tv_program;
SELECT max(id) FROM portal.subscriber WHERE disabled = 0;
SELECT id FROM portal.subscriber WHERE id IN (9, 3, 7, 40) ORDER BY id DESC LIMIT 2;
SELECT subscriber_id, package_id FROM portal.subscriber_package ORDER BY subscriber_id DESC, package_id DESC LIMIT 20;
SELECT subscriber_id, package_id FROM portal.subscriber_package ORDER BY subscriber_id DESC, package_id LIMIT 20;
SELECT subscriber_id, package_id FROM portal.subscriber_package ORDER BY package_id, subscriber_id DESC;
-- sorted by another column that conditions keep free of NULL
SELECT start, id FROM portal.tv_program WHERE start > '2024-01-01' ORDER BY start, id LIMIT 15;
SELECT start, id FROM portal.tv_program WHERE start > '2024-01-01' ORDER BY start DESC, id DESC LIMIT 15;
SELECT start, id FROM portal.tv_program WHERE start IS NOT NULL ORDER BY start DESC, id LIMIT 60 OFFSET 5;
SELECT start, id FROM portal.tv_program WHERE start < 'yesterday' ORDER BY start DESC, id LIMIT 15;
SELECT start, id FROM portal.tv_program WHERE start IS NOT NULL AND title LIKE '%о%' ORDER BY start DESC, id LIMIT 4;
SELECT max_terminal, id FROM portal.subscriber WHERE max_terminal > 0 ORDER BY max_terminal DESC, id;
SELECT max_terminal, disabled, id FROM portal.subscriber WHERE max_terminal >= 0 AND disabled IS NOT NULL ORDER BY disabled DESC, max_terminal, id DESC;
SELECT disabled, id FROM portal.subscriber WHERE disabled != 2 ORDER BY disabled, id DESC LIMIT 40;
SELECT created_at, id FROM portal.subscriber WHERE created_at >= '2020' ORDER BY created_at DESC, id;
SELECT created_at, id FROM portal.subscriber WHERE created_at LIKE '2024%' ORDER BY created_at DESC, id LIMIT 9;
SELECT channel_id, id FROM portal.tv_program WHERE channel_id BETWEEN 2 AND 9 ORDER BY channel_id DESC, id DESC LIMIT 33;
SELECT channel_id, id FROM portal.tv_program WHERE channel_id = '4' ORDER BY channel_id DESC, id LIMIT 5;
-- columns that may be NULL stay sorted here
SELECT channel_id, id FROM portal.tv_program ORDER BY channel_id, id LIMIT 9;
SELECT channel_id, id FROM portal.tv_program ORDER BY channel_id DESC, id LIMIT 9;
SELECT max_terminal, id FROM portal.subscriber WHERE max_terminal IS NOT 5 ORDER BY max_terminal DESC, id;
SELECT last_seen, id FROM portal.terminal ORDER BY last_seen DESC, id LIMIT 12;
SELECT last_seen, id FROM portal.terminal WHERE last_seen IS NULL OR last_seen > '2024-06' ORDER BY last_seen DESC, id;
SELECT username, id FROM portal.subscriber WHERE username > '' ORDER BY username DESC, id LIMIT 12;
SELECT balance, id FROM portal.subscriber WHERE balance > 0 ORDER BY balance DESC, id LIMIT 12;
-- groups, windows, joins over an order
SELECT channel_id, count(*) FROM portal.tv_program WHERE channel_id > 0 GROUP BY channel_id ORDER BY channel_id DESC;
SELECT DISTINCT channel_id FROM portal.tv_program WHERE channel_id > 0 ORDER BY channel_id DESC;
SELECT id, lag(id) OVER (ORDER BY id DESC) FROM portal.tv_channel WHERE id > 3 ORDER BY id DESC;
SELECT p.id, c.name FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id WHERE p.start > '2024' ORDER BY p.id DESC LIMIT 8;
SELECT id FROM portal.tv_program WHERE channel_id = 2 UNION SELECT id FROM portal.tv_channel ORDER BY id DESC LIMIT 20;
SELECT (SELECT t.id FROM portal.terminal t WHERE t.subscriber_id = s.id ORDER BY t.id DESC LIMIT 1), s.id FROM portal.subscriber s ORDER BY s.id DESC LIMIT 15;
SELECT (channel_id, id) > (3, 10), id FROM portal.tv_program WHERE (channel_id, id) > (3, 10) ORDER BY id DESC LIMIT 6;
