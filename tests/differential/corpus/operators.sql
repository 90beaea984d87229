-- a subscriber's card by login, phone, MAC or IP
SELECT DISTINCT s.id, s.username, s.surname, s.phone FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id LEFT JOIN portal.subscriber_inetaddr i ON i.subscriber_id = s.id WHERE s.username = 'test' OR s.phone LIKE '%79%' OR t.mac_addr LIKE '%0%' OR i.inet_addr = '10.0.0.1' ORDER BY 1;
SELECT s.* FROM portal.subscriber s WHERE s.id = (SELECT subscriber_id FROM portal.terminal WHERE id = 5);
-- disabled but still entitled
SELECT s.id, s.username, count(*) AS packages FROM portal.subscriber s JOIN portal.subscriber_package sp ON sp.subscriber_id = s.id AND sp.enabled WHERE s.disabled GROUP BY s.id ORDER BY s.id;
-- active with nothing to watch
SELECT s.id FROM portal.subscriber s WHERE NOT s.disabled AND NOT EXISTS (SELECT 1 FROM portal.subscriber_package sp WHERE sp.subscriber_id = s.id AND sp.enabled) ORDER BY s.id;
-- over the terminal limit
SELECT s.id, s.max_terminal, count(t.id) AS terminals FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id GROUP BY s.id HAVING terminals > s.max_terminal ORDER BY terminals DESC, s.id;
-- one MAC on several accounts
SELECT lower(replace(replace(mac_addr, ':', ''), '-', '')) AS mac, count(DISTINCT subscriber_id) AS accounts FROM portal.terminal WHERE mac_addr IS NOT NULL GROUP BY mac HAVING accounts > 1 ORDER BY accounts DESC, mac;
-- dead boxes
SELECT id, mac_addr, last_seen FROM portal.terminal WHERE active AND (last_seen IS NULL OR last_seen < '2024-01-01') ORDER BY last_seen, id;
-- an IP that is not the bound one
SELECT t.id, t.inet_addr, i.inet_addr FROM portal.terminal t JOIN portal.subscriber_inetaddr i ON i.subscriber_id = t.subscriber_id WHERE t.inet_addr != i.inet_addr ORDER BY t.id, i.id;
-- packages: subscribers and monthly value
SELECT p.id, p.name, count(sp.subscriber_id) AS subscribers, round(count(sp.subscriber_id) * p.price, 2) AS monthly FROM portal.package p LEFT JOIN portal.subscriber_package sp ON sp.package_id = p.id AND sp.enabled GROUP BY p.id ORDER BY subscribers DESC, p.id;
-- joined by month
SELECT strftime('%Y-%m', created_at) AS month, count(*) FROM portal.subscriber WHERE created_at IS NOT NULL GROUP BY month ORDER BY month;
-- top channels, devices, time
SELECT c.name, count(*) AS plays FROM portal.terminal_playlog l JOIN portal.tv_channel c ON c.id = l.channel_id GROUP BY c.id ORDER BY plays DESC, c.id LIMIT 10;
SELECT mac_addr, count(*) AS plays FROM portal.terminal_playlog GROUP BY mac_addr ORDER BY plays DESC, mac_addr LIMIT 10;
-- the busy hour
SELECT substr(start, 12, 2) AS hour, count(*) FROM portal.terminal_playlog WHERE start IS NOT NULL GROUP BY hour ORDER BY 2 DESC, 1 LIMIT 3;
-- channels nobody opened
SELECT c.id, c.name FROM portal.tv_channel c LEFT JOIN portal.terminal_playlog l ON l.channel_id = c.id WHERE l.channel_id IS NULL ORDER BY c.id;
SELECT id FROM portal.tv_channel WHERE id NOT IN (SELECT channel_id FROM portal.terminal_playlog WHERE channel_id IS NOT NULL) ORDER BY id;
-- holes and overlaps of the EPG
SELECT id, channel_id, stop, next FROM (SELECT id, channel_id, stop, lead(start) OVER (PARTITION BY channel_id ORDER BY start, id) AS next FROM portal.tv_program) WHERE next != stop ORDER BY channel_id, id LIMIT 50;
SELECT a.id, b.id FROM portal.tv_program a JOIN portal.tv_program b ON b.channel_id = a.channel_id AND b.start < a.stop AND b.start > a.start WHERE a.channel_id < 4 ORDER BY 1, 2;
-- subscribers going quiet
SELECT s.id, max(t.last_seen) AS seen FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id WHERE NOT s.disabled GROUP BY s.id HAVING seen < '2024-02' ORDER BY seen, s.id;
-- a billing file against the portal
WITH billing(login, off) AS (VALUES ('test', 0), ('password', 1), ('nobody', 0)) SELECT b.login, s.id, s.disabled IS NOT b.off AS differs FROM billing b LEFT JOIN portal.subscriber s ON s.username = b.login ORDER BY b.login, s.id;
