-- a document that is there is asked for; a JSON null is NULL here, whatever it is to the portal
SELECT id, extra_16 FROM portal.media WHERE extra_16 IS NOT NULL AND id < 30 ORDER BY id;
SELECT id, extra_26 FROM portal.media WHERE extra_26 IS NOT NULL AND extra_16 IS NULL ORDER BY id;
SELECT count(*), count(extra_36) FROM portal.media WHERE extra_36 IS NOT NULL;
SELECT count(*) FROM portal.media WHERE extra_16 IS NULL;
SELECT id, extra_16 FROM portal.media WHERE extra_16 IS NOT NULL ORDER BY id LIMIT 5;
SELECT id FROM portal.media WHERE extra_26 NOT NULL ORDER BY id DESC LIMIT 7 OFFSET 3;
SELECT DISTINCT extra_16 FROM portal.media WHERE extra_16 IS NOT NULL ORDER BY 1;
SELECT a.id, b.id FROM portal.media a LEFT JOIN portal.media b ON b.id = a.id + 1 AND b.extra_16 IS NOT NULL WHERE a.id < 20 ORDER BY 1, 2;
SELECT id, "Field_5" FROM portal.domain WHERE "Field_5" IS NOT NULL ORDER BY id;
SELECT id FROM portal.domain WHERE "Field_90" IS NOT NULL OR id = 3 ORDER BY id;
-- a value that the portal may write in two ways differs from a text, and from nothing
SELECT id, inet_addr FROM portal.terminal WHERE inet_addr != '10.0.0.1' ORDER BY id;
SELECT id FROM portal.terminal WHERE inet_addr <> '' ORDER BY id LIMIT 9;
SELECT id FROM portal.media WHERE extra_13 != '10.0.0.1/32' ORDER BY id;
SELECT count(*) FROM portal.subscriber_inetaddr WHERE inet_addr != '10.0.0.1';
SELECT id FROM portal.media WHERE extra_23 != '::1' AND extra_23 IS NOT NULL ORDER BY id DESC LIMIT 4;
SELECT t.id, m.id FROM portal.terminal t JOIN portal.media m ON m.extra_13 != t.inet_addr WHERE t.id < 6 AND m.id < 12 ORDER BY 1, 2;
-- one rule wider than the others does not cut a page
SELECT id FROM portal.subscriber WHERE username LIKE '%1%' AND id > 10 ORDER BY id LIMIT 6;
SELECT id FROM portal.subscriber WHERE username GLOB '*[1-3]*' AND disabled = 0 ORDER BY id LIMIT 6;
SELECT id FROM portal.subscriber WHERE username != 'test' ORDER BY created_at DESC, id LIMIT 6 OFFSET 4;
SELECT id FROM portal.subscriber WHERE balance > 0 ORDER BY id DESC LIMIT 6;
SELECT id FROM portal.terminal WHERE inet_addr = '10.0.0.7' ORDER BY id LIMIT 2;
SELECT id FROM portal.tv_program WHERE start LIKE '2024-0%' ORDER BY id LIMIT 5;
SELECT id FROM portal.tv_program WHERE start GLOB '2024-*' ORDER BY id LIMIT 5;
SELECT id FROM portal.subscriber WHERE surname > 'П' ORDER BY id LIMIT 5;
SELECT count(*) FROM portal.subscriber WHERE disabled = 1 AND username LIKE '%1%';
SELECT count(*) FROM portal.subscriber WHERE disabled = 0 AND balance = 0;
SELECT count(*) FROM portal.terminal WHERE active = 1 AND inet_addr != '10.0.0.1';
