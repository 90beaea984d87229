-- the columns beyond 63
SELECT extra_63 FROM portal.media ORDER BY id;
SELECT extra_64, extra_65, extra_73 FROM portal.media ORDER BY id;
SELECT id, extra_62, extra_63, extra_64 FROM portal.media ORDER BY id;
SELECT * FROM portal.media ORDER BY id;
SELECT extra_73, name, extra_07 FROM portal.media WHERE id < 20 ORDER BY id;
SELECT count(extra_70), count(extra_71), count(DISTINCT extra_72) FROM portal.media;
-- conditions on the columns beyond 63
SELECT id FROM portal.media WHERE extra_67 = 7 ORDER BY id;
SELECT id, extra_72 FROM portal.media WHERE extra_72 = 'password' ORDER BY id;
SELECT id FROM portal.media WHERE extra_71 = 1 AND extra_63 IS NOT NULL ORDER BY id;
SELECT id FROM portal.media WHERE extra_71 AND NOT extra_61 ORDER BY id;
SELECT id, extra_64 FROM portal.media WHERE extra_64 >= '2020' AND extra_64 < '2025-06' ORDER BY id;
SELECT id FROM portal.media WHERE extra_68 > 9007199254740992 OR extra_70 < 0 ORDER BY id;
SELECT id FROM portal.media ORDER BY extra_69, id;
SELECT id, extra_73 FROM portal.media WHERE extra_73 LIKE '10.%' ORDER BY id;
SELECT a.id, b.id FROM portal.media a JOIN portal.media b ON a.extra_67 = b.extra_67 WHERE a.id < b.id ORDER BY 1, 2;
-- positions without a name
SELECT Field_4 FROM portal.domain ORDER BY id;
SELECT id, Field_4, extra_03, extra_166, Field_165 FROM portal.domain ORDER BY id;
SELECT * FROM portal.domain ORDER BY id;
SELECT id FROM portal.domain WHERE Field_7 = ' leading' ORDER BY id;
SELECT id FROM portal.domain WHERE Field_7 IS NOT NULL ORDER BY id;
SELECT id, Field_120 FROM portal.domain WHERE id >= 2 AND Field_120 IS NOT NULL ORDER BY id;
SELECT Field_90, count(*) FROM portal.domain GROUP BY 1 ORDER BY 1;
SELECT typeof(Field_4), typeof(Field_5), typeof(Field_6), typeof(Field_7), typeof(Field_8), typeof(Field_9), typeof(Field_10), typeof(Field_11) FROM portal.domain ORDER BY id;
SELECT d.id, p.start FROM portal.domain d JOIN portal.terminal_playlog p ON p.domain_id = d.id WHERE d.extra_100 IS NULL ORDER BY 1, 2, p.mac_addr, p.channel_id;
