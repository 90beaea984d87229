-- bound values
-- bind: {"id": 7}
SELECT id FROM portal.subscriber WHERE id = :id;
-- bind: {"id": "7"}
SELECT id FROM portal.subscriber WHERE id = :id;
-- bind: {"id": null}
SELECT id FROM portal.subscriber WHERE id = :id;
-- bind: {"email": null}
SELECT id FROM portal.subscriber WHERE email IS :email ORDER BY id;
-- bind: {"id": true}
SELECT id FROM portal.subscriber WHERE disabled = :id ORDER BY id;
-- bind: {"low": 3, "high": 9.5}
SELECT id FROM portal.subscriber WHERE id BETWEEN :low AND :high ORDER BY id;
-- bind: {"p": "t%"}
SELECT id FROM portal.subscriber WHERE username LIKE :p ORDER BY id;
-- bind: {"p": null}
SELECT id FROM portal.subscriber WHERE username LIKE :p ORDER BY id;
-- bind: {"p": 7}
SELECT id FROM portal.subscriber WHERE username LIKE :p ORDER BY id;
-- bind: {"since": "2024-01", "n": 3}
SELECT id FROM portal.tv_program WHERE start >= :since ORDER BY start, id LIMIT :n;
-- bind: {"a": 1, "b": 2}
SELECT id FROM portal.subscriber WHERE id IN (:a, :b, :a) ORDER BY id;
-- bind: {"a": "password"}
SELECT id FROM portal.subscriber WHERE username = :a ORDER BY id;
-- bind: {"n": 5, "o": 3}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n OFFSET :o;
-- views and tables of one's own
CREATE TEMP VIEW card AS SELECT s.id, s.username, t.mac_addr FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id; SELECT * FROM card WHERE id < 9 ORDER BY 1, 3; DROP VIEW card;
CREATE TEMP TABLE copy AS SELECT * FROM portal.subscriber; SELECT typeof(balance), disabled, created_at FROM temp.copy ORDER BY id; DROP TABLE temp.copy;
CREATE TEMP TABLE bill (login TEXT, amount REAL); INSERT INTO bill VALUES ('test', 5), ('nobody', 1), (NULL, 2); SELECT b.login, s.id, b.amount FROM temp.bill b LEFT JOIN portal.subscriber s ON s.username = b.login ORDER BY 1, 2; SELECT s.id FROM portal.subscriber s LEFT JOIN temp.bill b ON b.login = s.username WHERE b.login IS NULL ORDER BY 1; DROP TABLE temp.bill;
CREATE TEMP TABLE number (n INTEGER, t TEXT, u); INSERT INTO number VALUES (7, '7', 7), (NULL, NULL, NULL), (8, '08', '8'); SELECT n.n, s.id FROM temp.number n JOIN portal.subscriber s ON s.id = n.t ORDER BY 1, 2; SELECT n.n, s.id FROM temp.number n JOIN portal.subscriber s ON s.username = n.n ORDER BY 1, 2; SELECT n.n, s.id FROM temp.number n JOIN portal.subscriber s ON s.username = n.u ORDER BY 1, 2; SELECT s.id FROM portal.subscriber s WHERE s.username IN (SELECT n FROM temp.number) ORDER BY 1; SELECT s.id FROM portal.subscriber s WHERE s.id IN (SELECT t FROM temp.number) ORDER BY 1; DROP TABLE temp.number;
-- what SQLite refuses
SELECT id FROM portal.subscriber WHERE;
SELECT count(*) FROM portal.subscriber WHERE count(*) > 1;
SELECT id FROM portal.subscriber, portal.terminal;
SELECT sum(username, id) FROM portal.subscriber;
SELECT (SELECT id, username FROM portal.subscriber);
SELECT abs(-9223372036854775807 - 1) FROM portal.subscriber;
