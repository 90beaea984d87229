-- a full timestamp
SELECT id, created_at FROM portal.subscriber WHERE created_at = '2020-02-17 00:00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at = '2020-02-17 00:00:00.5' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at > '2020-02-17 00:00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at <= '2020-02-17 00:00:00.123456' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at != '2020-02-17 00:00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at IS NOT '2020-02-17 00:00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at <= '0001-01-01 00:00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at >= '9999-12-31 23:59:59.999999' ORDER BY id;
-- a prefix
SELECT id, created_at FROM portal.subscriber WHERE created_at >= '2024-10-17' AND created_at < '2024-10-22' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at >= '2020-02' AND created_at < '2020-03' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at > '2020-02-17' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at <= '2020-02-17' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at = '2020-02-17' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at != '2020-02-17' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at >= '2020-02-17 00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at < '2020-02-17 00:00' ORDER BY id;
SELECT id, created_at FROM portal.subscriber WHERE created_at BETWEEN '1970-01-01' AND '2020-02-17 00:00:00.2' ORDER BY id;
-- what is no moment
SELECT id FROM portal.subscriber WHERE created_at > '2024' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at > 2024 ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at < 2024 ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at > 'yesterday' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at < 'yesterday' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at = '2020-02-17T00:00:00' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at >= '2020-02-30' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at >= '2020-02-17 00:00:00+03' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at = '' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at > x'32' ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at > 'infinity' ORDER BY id;
-- dates
SELECT id, extra_15 FROM portal.media WHERE extra_15 = '2020-02-17' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 = '2020-02-17 00:00:00' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 > '2020-02-17' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 >= '2020-02' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 < '2020-02-17 12:00' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 LIKE '2020-%' ORDER BY id;
SELECT id, extra_15 FROM portal.media WHERE extra_15 IN ('2020-02-17', '1970-01-01', 'never') ORDER BY id;
-- dates against timestamps
SELECT a.id, b.id FROM portal.media a JOIN portal.media b ON a.extra_15 = date(b.extra_14) ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.media a JOIN portal.media b ON a.extra_15 > b.extra_14 AND a.id < 8 AND b.id < 8 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.tv_program a JOIN portal.tv_program b ON b.start = a.stop AND b.channel_id = a.channel_id WHERE a.id < 30 ORDER BY 1, 2;
-- functions of time
SELECT id, date(created_at), strftime('%Y-%m', created_at), julianday(created_at) FROM portal.subscriber ORDER BY id;
SELECT id FROM portal.tv_program WHERE date(start) = '2024-01-01' ORDER BY id;
SELECT id FROM portal.tv_program WHERE start >= datetime('2024-01-01', '+2 hours') AND start < datetime('2024-01-01', '+5 hours') ORDER BY id;
SELECT strftime('%H', start) AS hour, count(*) FROM portal.terminal_playlog GROUP BY hour ORDER BY 2 DESC, 1;
SELECT min(start), max(start), min(stop), max(stop) FROM portal.tv_program;
