-- a flag is a number
SELECT id FROM portal.subscriber WHERE disabled ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT disabled ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 0 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = true ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = FALSE ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 'true' ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = '1' ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 't' ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = 2 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled != 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled > 0 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled >= 0 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled < 0.5 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled < 'a' ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IN (0, 1) ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IN (1, 5, 'true') ORDER BY id;
-- true is not what is not false
SELECT id FROM portal.subscriber WHERE disabled IS TRUE ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS NOT TRUE ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS FALSE ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS NOT FALSE ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS NOT 1 ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled IS NOT 0 ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT (disabled = 1) ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled = business ORDER BY id;
SELECT disabled, business, count(*) FROM portal.subscriber GROUP BY 1, 2 ORDER BY 1, 2;
