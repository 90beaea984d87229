-- no value
SELECT id FROM portal.subscriber WHERE email IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE email ISNULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE email IS NOT NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE email NOTNULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE balance IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE created_at IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE id IS NULL;
SELECT id FROM portal.media WHERE extra_16 IS NULL ORDER BY id;
SELECT id FROM portal.media WHERE extra_16 IS NOT NULL ORDER BY id;
-- nothing equals NULL
SELECT id FROM portal.subscriber WHERE email = NULL;
SELECT id FROM portal.subscriber WHERE email != NULL;
SELECT id FROM portal.subscriber WHERE max_terminal < NULL;
SELECT id FROM portal.subscriber WHERE NOT (max_terminal < NULL);
SELECT id FROM portal.subscriber WHERE email = (SELECT email FROM portal.subscriber WHERE email IS NULL);
SELECT id FROM portal.subscriber WHERE email IS (SELECT NULL) ORDER BY id;
SELECT id FROM portal.subscriber WHERE email IS NOT (SELECT NULL) ORDER BY id;
-- three values of truth
SELECT id FROM portal.subscriber WHERE max_terminal > 2 OR email IS NULL ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT (max_terminal > 2 AND email IS NULL) ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT (max_terminal > 2) ORDER BY id;
SELECT id FROM portal.subscriber WHERE (max_terminal > 2) IS NULL ORDER BY id;
SELECT id, max_terminal = 2, max_terminal != 2, max_terminal IS 2, NOT max_terminal = 2 FROM portal.subscriber ORDER BY id;
SELECT id, coalesce(email, 'none'), ifnull(max_terminal, -1), nullif(surname, 'Иванов') FROM portal.subscriber ORDER BY id;
SELECT id, CASE WHEN disabled THEN 'off' WHEN NOT disabled THEN 'on' ELSE 'unknown' END FROM portal.subscriber ORDER BY id;
-- NULL join keys match nothing
SELECT t.id, s.id FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id ORDER BY 1, 2;
SELECT t.id, s.id FROM portal.terminal t LEFT JOIN portal.subscriber s ON s.id = t.subscriber_id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON a.email = b.username AND a.id != b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.subscriber b ON a.email IS b.first_name AND a.id < b.id ORDER BY 1, 2;
-- NULLs in order and groups
SELECT id, email FROM portal.subscriber ORDER BY email, id;
SELECT id, email FROM portal.subscriber ORDER BY email DESC, id;
SELECT id, max_terminal FROM portal.subscriber ORDER BY max_terminal NULLS LAST, id;
SELECT id, max_terminal FROM portal.subscriber ORDER BY max_terminal DESC NULLS FIRST, id DESC;
SELECT email IS NULL, count(*) FROM portal.subscriber GROUP BY email IS NULL ORDER BY 1;
SELECT max_terminal, count(*) FROM portal.subscriber GROUP BY max_terminal ORDER BY 1;
SELECT DISTINCT max_terminal FROM portal.subscriber;
SELECT count(email), sum(max_terminal), avg(max_terminal), min(max_terminal), max(max_terminal), total(max_terminal) FROM portal.subscriber;
SELECT sum(balance), count(balance) FROM portal.subscriber WHERE id < 0;
