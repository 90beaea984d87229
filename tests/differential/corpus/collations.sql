-- another collation in a condition
SELECT id FROM portal.subscriber WHERE username = 'test' COLLATE NOCASE ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE NOCASE = 'TEST' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username != 'test' COLLATE NOCASE ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE NOCASE IS NOT 'TEST' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE RTRIM = 'trailing' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE RTRIM != 'trailing' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE NOCASE > 'T' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username COLLATE NOCASE BETWEEN 'p' AND 'v' ORDER BY id;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON a.username = b.username COLLATE NOCASE WHERE a.id < b.id ORDER BY 1, 2;
SELECT s.id, p.id FROM portal.subscriber s JOIN portal.package p ON p.name COLLATE NOCASE = s.username ORDER BY 1, 2;
SELECT id FROM portal.subscriber WHERE id = 7 COLLATE NOCASE;
SELECT id FROM portal.subscriber WHERE created_at COLLATE NOCASE >= '2020-02-17' ORDER BY id;
-- another collation in order and groups
SELECT id, username FROM portal.subscriber ORDER BY username COLLATE NOCASE, id;
SELECT id, username FROM portal.subscriber ORDER BY username COLLATE NOCASE DESC, id DESC;
SELECT count(*) FROM portal.subscriber GROUP BY username COLLATE NOCASE ORDER BY min(id);
SELECT count(*) FROM (SELECT DISTINCT name COLLATE NOCASE FROM portal.package);
SELECT max(username COLLATE NOCASE), min(username COLLATE RTRIM) FROM portal.subscriber WHERE username <> ' ';
SELECT id FROM portal.subscriber WHERE username COLLATE missing = 'a';
