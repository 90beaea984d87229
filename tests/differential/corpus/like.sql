-- wildcards
SELECT id, username FROM portal.subscriber WHERE username LIKE 'test' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 't%' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE '%T' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE '%e%' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE '_est' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'under_score' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE '____' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE '%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE '' ORDER BY id;
SELECT id FROM portal.subscriber WHERE email LIKE '%a%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE '%\%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 'back\slash' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE '%\' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 'a\%b' ORDER BY id;
-- the case of ASCII letters only
SELECT id, username FROM portal.subscriber WHERE username LIKE 'TeSt' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'иванов' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'Иван%' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'ИВАН%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname LIKE '%ов' ORDER BY id;
SELECT id FROM portal.subscriber WHERE surname LIKE 'ё%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 'stra_e' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 'ZO_' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 'smile _' ORDER BY id;
SELECT id FROM portal.tv_program WHERE title LIKE '%100\%%' ORDER BY id;
SELECT id FROM portal.tv_program WHERE title LIKE 'Док%100%' ORDER BY id;
-- an escape character
SELECT id, username FROM portal.subscriber WHERE username LIKE '100\%' ESCAPE '\' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE 'under!_score' ESCAPE '!' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username LIKE '%!%%' ESCAPE '!' ORDER BY id;
-- not like, and what cannot be like
SELECT id FROM portal.subscriber WHERE username NOT LIKE '%e%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE email NOT LIKE '%a%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE email LIKE NULL;
SELECT id FROM portal.subscriber WHERE id LIKE '1%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE balance LIKE '%.5' ORDER BY id;
SELECT id FROM portal.subscriber WHERE disabled LIKE '1' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE surname || '%' ORDER BY id;
SELECT id FROM portal.subscriber WHERE 'test' LIKE username ORDER BY id;
SELECT id FROM portal.subscriber WHERE like('t%', username) ORDER BY id;
-- dates
SELECT id FROM portal.tv_program WHERE start LIKE '2024-01-01%' ORDER BY id;
SELECT id FROM portal.tv_program WHERE start LIKE '2024-01-01 0%' ORDER BY id;
SELECT id FROM portal.tv_program WHERE start LIKE '2024-__-01%' ORDER BY id;
SELECT id FROM portal.tv_program WHERE start LIKE '9999%' ORDER BY id;
SELECT id FROM portal.tv_program WHERE start LIKE '%:30:00' ORDER BY id;
-- glob and the like operators
SELECT id, username FROM portal.subscriber WHERE username GLOB 't*' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username GLOB '[tT]est' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE username GLOB '*_*' ORDER BY id;
SELECT id, username FROM portal.subscriber WHERE surname GLOB 'И*' ORDER BY id;
SELECT id FROM portal.subscriber WHERE username REGEXP 't';
-- like beside other conditions
SELECT id FROM portal.subscriber WHERE username LIKE 't%' AND id > 5 ORDER BY id;
SELECT id FROM portal.subscriber WHERE username LIKE 't%' OR username LIKE 'u%' ORDER BY id;
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id AND t.mac_addr LIKE '%0%' ORDER BY 1, 2;
