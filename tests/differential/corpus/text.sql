-- equal byte by byte
SELECT id, username FROM portal.subscriber WHERE username = 'test' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username = 'TEST' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = '' ORDER BY id;
SELECT id FROM portal.subscriber WHERE email = '' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname = 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname = 'иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE address = 'O''Brien' ORDER BY id;
SELECT id FROM portal.subscriber WHERE address = '"quoted"' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'back\slash' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'ends\' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = '100%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'smile 😀' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = ' leading' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'trailing' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 'trailing ' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = '''; DROP TABLE subscriber; --' ORDER BY id;
-- a text that is the name of a column stays a text
SELECT id, username FROM portal.subscriber WHERE username = 'password' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username = 'username' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username = 'id' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username = 't.id' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username IN ('password', 'id', 'name', 'no such') ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'password' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'id' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username != 'username' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username IS 'id' ORDER BY id;
SELECT id, name FROM portal.package WHERE name = 'name' ORDER BY id;
-- text and numbers
SELECT id FROM portal.subscriber WHERE username = 7 ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = '7' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = '007' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = 1.0 ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username = CAST(7 AS INTEGER) ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = CAST('7' AS NUMERIC) ORDER BY id;
SELECT id FROM portal.subscriber WHERE username = x'37' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username < 5 ORDER BY id;
SELECT id FROM portal.subscriber WHERE username > 5 ORDER BY id;
SELECT id FROM portal.subscriber WHERE username IN (7, 1.0, 'id') ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username + 0 = 7 ORDER BY id;
SELECT s.id, p.id FROM portal.subscriber s, portal.package p WHERE s.username = p.id ORDER BY 1, 2;
SELECT s.id, p.id FROM portal.subscriber s, portal.package p WHERE p.id = s.username ORDER BY 1, 2;
-- more and less
SELECT id FROM portal.subscriber WHERE username < 'a' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username >= 'test' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username BETWEEN 'A' AND 'Z' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname > 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname < 'Я' AND surname > 'А' ORDER BY id;
SELECT min(username), max(username) FROM portal.subscriber;
SELECT min(surname), max(surname), min(email), max(email) FROM portal.subscriber;
-- different
SELECT id FROM portal.subscriber WHERE surname != 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname IS NOT 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE NOT surname = 'Иванов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE email != '' ORDER BY id;
-- functions of text
SELECT id, length(username), upper(username), lower(username), trim(username) FROM portal.subscriber ORDER BY id;
SELECT id FROM portal.subscriber WHERE lower(username) = 'test' ORDER BY id;
SELECT id, substr(surname, 1, 2), instr(address, 'ул'), replace(phone, '+', '') FROM portal.subscriber ORDER BY id;
SELECT id FROM portal.terminal WHERE replace(lower(mac_addr), ':', '-') LIKE '%-0%' ORDER BY id;
SELECT id, hex(username), quote(username), unicode(surname) FROM portal.subscriber ORDER BY id;
