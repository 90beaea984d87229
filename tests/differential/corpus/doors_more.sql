-- bound values of every kind against every type
-- bind: {"v": 2}
SELECT id FROM portal.subscriber WHERE max_terminal = :v ORDER BY id;
-- bind: {"v": 2.0}
SELECT id FROM portal.subscriber WHERE max_terminal = :v ORDER BY id;
-- bind: {"v": "2"}
SELECT id FROM portal.subscriber WHERE max_terminal = :v ORDER BY id;
-- bind: {"v": "two"}
SELECT id FROM portal.subscriber WHERE max_terminal < :v ORDER BY id;
-- bind: {"v": 2.5}
SELECT id FROM portal.subscriber WHERE max_terminal >= :v ORDER BY id;
-- bind: {"v": null}
SELECT id FROM portal.subscriber WHERE max_terminal IS NOT :v ORDER BY id;
-- bind: {"v": null}
SELECT id FROM portal.subscriber WHERE max_terminal != :v ORDER BY id;
-- bind: {"v": null}
SELECT id FROM portal.subscriber WHERE max_terminal IS NOT DISTINCT FROM :v ORDER BY id;
-- bind: {"v": 9223372036854775807}
SELECT id FROM portal.media WHERE extra_08 = :v ORDER BY id;
-- bind: {"v": 9007199254740993}
SELECT id FROM portal.media WHERE extra_08 >= :v ORDER BY id;
-- bind: {"v": 1e300}
SELECT id FROM portal.media WHERE extra_08 < :v ORDER BY id;
-- bind: {"v": "test"}
SELECT id FROM portal.subscriber WHERE username = :v ORDER BY id;
-- bind: {"v": "username"}
SELECT id FROM portal.subscriber WHERE username = :v OR surname = :v ORDER BY id;
-- bind: {"v": "back\\slash"}
SELECT id FROM portal.subscriber WHERE username = :v ORDER BY id;
-- bind: {"v": "new\nline"}
SELECT id FROM portal.subscriber WHERE username = :v OR surname = :v ORDER BY id;
-- bind: {"v": "'; DROP TABLE subscriber; --"}
SELECT id FROM portal.subscriber WHERE username = :v ORDER BY id;
-- bind: {"v": 7}
SELECT id FROM portal.subscriber WHERE username = :v ORDER BY id;
-- bind: {"v": 1.0}
SELECT id FROM portal.subscriber WHERE username = :v ORDER BY id;
-- bind: {"v": ""}
SELECT id FROM portal.subscriber WHERE surname > :v ORDER BY id;
-- bind: {"v": 487.5}
SELECT id FROM portal.subscriber WHERE balance = :v ORDER BY id;
-- bind: {"v": "487.5"}
SELECT id FROM portal.subscriber WHERE balance <= :v ORDER BY id;
-- bind: {"v": 0}
SELECT id FROM portal.subscriber WHERE balance <= :v ORDER BY id;
-- bind: {"v": true}
SELECT id FROM portal.subscriber WHERE disabled IS :v ORDER BY id;
-- bind: {"v": false}
SELECT id FROM portal.subscriber WHERE disabled = :v ORDER BY id;
-- bind: {"v": "0"}
SELECT id FROM portal.subscriber WHERE disabled = :v ORDER BY id;
-- bind: {"v": 2}
SELECT id FROM portal.subscriber WHERE disabled < :v ORDER BY id;
-- bind: {"v": "2024-08"}
SELECT id FROM portal.subscriber WHERE created_at < :v ORDER BY id;
-- bind: {"v": "2020-02-17 00:00:00.5"}
SELECT id FROM portal.subscriber WHERE created_at >= :v ORDER BY id;
-- bind: {"v": "soon"}
SELECT id FROM portal.subscriber WHERE created_at < :v ORDER BY id;
-- bind: {"v": 20240101}
SELECT id FROM portal.subscriber WHERE created_at > :v ORDER BY id;
-- bind: {"v": null}
SELECT id FROM portal.subscriber WHERE created_at >= :v ORDER BY id;
-- bind: {"v": "2024-09-29"}
SELECT id FROM portal.media WHERE extra_15 = :v OR extra_25 = :v ORDER BY id;
-- bind: {"v": "{\"n\":8}"}
SELECT id FROM portal.media WHERE extra_16 = :v ORDER BY id;
-- bind: {"v": "10.0.0.1"}
SELECT id FROM portal.terminal WHERE inet_addr = :v ORDER BY id;
-- bind: {"v": "10.0.0.0/24"}
SELECT id FROM portal.terminal WHERE inet_addr <= :v ORDER BY id;
-- bind: {"v": 0}
SELECT id FROM portal.domain WHERE Field_5 <= :v ORDER BY id;
-- bind: {"v": "0"}
SELECT id FROM portal.domain WHERE Field_5 = :v ORDER BY id;
-- bind: {"v": 3}
SELECT id FROM portal.subscriber WHERE rowid > :v * 17 ORDER BY id;
-- several bound values
-- bind: {"a": 5, "b": "9"}
SELECT id FROM portal.subscriber WHERE id BETWEEN :a AND :b ORDER BY id;
-- bind: {"a": 9, "b": null}
SELECT id FROM portal.subscriber WHERE id BETWEEN :a AND :b ORDER BY id;
-- bind: {"a": 9, "b": null}
SELECT id FROM portal.subscriber WHERE id NOT BETWEEN :a AND :b ORDER BY id;
-- bind: {"a": 3, "b": "4", "c": null, "d": 5.0, "e": "x"}
SELECT id FROM portal.subscriber WHERE id IN (:a, :b, :c, :d, :e) ORDER BY id;
-- bind: {"a": 3, "c": null}
SELECT id FROM portal.subscriber WHERE id NOT IN (:a, :c);
-- bind: {"a": "test", "b": "id", "c": 7}
SELECT id FROM portal.subscriber WHERE username IN (:a, :b, :c) ORDER BY id;
-- bind: {"all": "[3, 5, \"7\", null, 9.0, \"x\"]"}
SELECT id FROM portal.subscriber WHERE id IN (SELECT value FROM json_each(:all)) ORDER BY id;
-- bind: {"all": "[]"}
SELECT id FROM portal.subscriber WHERE id NOT IN (SELECT value FROM json_each(:all)) ORDER BY id;
-- bind: {"id": null}
SELECT id FROM portal.subscriber WHERE (:id IS NULL OR id = :id) ORDER BY id;
-- bind: {"id": 7}
SELECT id FROM portal.subscriber WHERE (:id IS NULL OR id = :id) ORDER BY id;
-- bind: {"id": 7}
SELECT id FROM portal.subscriber WHERE id = coalesce(:id, id) ORDER BY id;
-- bind: {"flag": 1}
SELECT id FROM portal.subscriber WHERE :flag AND disabled ORDER BY id;
-- bind: {"flag": 0}
SELECT id FROM portal.subscriber WHERE :flag OR disabled ORDER BY id;
-- bind: {"a": 3, "b": 20}
SELECT id FROM portal.subscriber WHERE (max_terminal, id) > (:a, :b) ORDER BY max_terminal, id LIMIT 4;
-- bind: {"s": 4, "p": 9}
SELECT subscriber_id, package_id FROM portal.subscriber_package WHERE (subscriber_id, package_id) > (:s, :p) ORDER BY 1, 2 LIMIT 4;
-- bind: {"s": 4, "p": "9"}
SELECT * FROM portal.subscriber_package WHERE subscriber_id = :s AND package_id = :p;
-- bind: {"n": 0}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n;
-- bind: {"n": -1, "o": 46}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n OFFSET :o;
-- bind: {"n": "3"}
SELECT id FROM portal.subscriber ORDER BY id DESC LIMIT :n;
-- bind: {"n": "x"}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n;
-- bind: {"n": null}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n;
-- bind: {"n": 2, "o": -5}
SELECT id FROM portal.subscriber ORDER BY id LIMIT :n OFFSET :o;
-- bind: {"d": 0, "n": 3}
SELECT id FROM portal.subscriber WHERE disabled = :d ORDER BY id DESC LIMIT :n;
-- bind: {"since": "2024-01-01 05", "c": 3}
SELECT id FROM portal.tv_program WHERE start >= :since AND channel_id >= :c ORDER BY start DESC, id LIMIT 6;
-- bind: {"v": 1}
SELECT count(*) FROM portal.terminal WHERE active = :v AND registered = :v;
-- bind: {"v": null}
SELECT count(*) FROM portal.terminal WHERE active IS :v;
-- bind: {"v": "0"}
SELECT count(*) FROM portal.terminal WHERE active = :v;
-- bind: {"v": 3}
SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id AND t.id > :v * 10 WHERE s.id < :v * 5 ORDER BY 1, 2;
-- bind: [3, 9]
SELECT id FROM portal.subscriber WHERE id BETWEEN ? AND ? ORDER BY id;
-- bind: ["test", 31]
SELECT id, username FROM portal.subscriber WHERE username = ?1 OR id = ?2 OR surname = ?1 ORDER BY id;
-- bind: [1]
SELECT id FROM portal.subscriber WHERE id = ? AND id = ?;
-- views over one table and several
CREATE TEMP VIEW blocked AS SELECT id, username FROM portal.subscriber WHERE disabled = 1; SELECT * FROM blocked WHERE id > 30 ORDER BY id; SELECT count(*) FROM blocked; SELECT id FROM blocked ORDER BY id DESC LIMIT 2; DROP VIEW blocked;
CREATE TEMP VIEW seat AS SELECT s.id, s.username, count(t.id) AS terminals FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id GROUP BY s.id; SELECT * FROM seat WHERE terminals > 3 ORDER BY id; SELECT max(terminals) FROM seat; DROP VIEW seat;
CREATE TEMP VIEW guide(channel, title, start) AS SELECT c.name, p.title, p.start FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.channel_id; SELECT * FROM guide WHERE channel = 'id' AND start < '2024-01-01 02' ORDER BY start; SELECT count(*) FROM guide WHERE title LIKE 'П%'; DROP VIEW guide;
CREATE TEMP VIEW a AS SELECT id, max_terminal AS m FROM portal.subscriber; CREATE TEMP VIEW b AS SELECT * FROM a WHERE m > 2; SELECT b.id, a.id FROM b JOIN a ON a.id = b.m ORDER BY 1, 2; DROP VIEW b; DROP VIEW a;
CREATE TEMP VIEW either AS SELECT id FROM portal.subscriber WHERE disabled = 1 UNION SELECT id FROM portal.subscriber WHERE business = 1; SELECT * FROM either WHERE id < 20 ORDER BY id; DROP VIEW either;
CREATE TEMP VIEW latest AS SELECT *, row_number() OVER (PARTITION BY channel_id ORDER BY start DESC, id DESC) AS n FROM portal.tv_program; SELECT id, channel_id FROM latest WHERE n = 1 AND channel_id > 0 ORDER BY channel_id; DROP VIEW latest;
CREATE TEMP VIEW kinds AS SELECT DISTINCT max_terminal AS m, disabled AS d FROM portal.subscriber; SELECT count(*) FROM kinds; SELECT m FROM kinds WHERE d = 1 ORDER BY m; DROP VIEW kinds;
CREATE TEMP VIEW few AS SELECT id, created_at FROM portal.subscriber ORDER BY created_at DESC, id LIMIT 5; SELECT * FROM few ORDER BY id; SELECT id FROM few WHERE id > 20 ORDER BY id; DROP VIEW few;
CREATE TEMP VIEW wide AS SELECT * FROM portal.media; SELECT id, extra_73 FROM wide WHERE extra_71 = 1 AND extra_67 > 300 ORDER BY id; DROP VIEW wide;
-- tables of one's own
CREATE TEMP TABLE picked AS SELECT id, username FROM portal.subscriber WHERE disabled = 1; SELECT count(*), min(id) FROM picked; SELECT t.id FROM picked p JOIN portal.terminal t ON t.subscriber_id = p.id ORDER BY 1; DROP TABLE picked;
CREATE TEMP TABLE log (start DATETIME, mac TEXT, channel INTEGER); INSERT INTO log SELECT start, mac_addr, channel_id FROM portal.terminal_playlog WHERE domain_id = 2; SELECT channel, count(*) FROM log GROUP BY 1 ORDER BY 1; SELECT typeof(start), count(*) FROM log GROUP BY 1 ORDER BY 1; DROP TABLE log;
CREATE TEMP TABLE one (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO one SELECT id, username FROM portal.subscriber WHERE id < 10; INSERT OR IGNORE INTO one SELECT id, username FROM portal.subscriber WHERE id < 15; SELECT * FROM one ORDER BY id; DROP TABLE one;
CREATE TEMP TABLE bill (login TEXT, off INTEGER); INSERT INTO bill VALUES ('test', 1), ('id', 0), ('nobody', 1); SELECT login FROM bill EXCEPT SELECT username FROM portal.subscriber ORDER BY 1; SELECT b.login, s.disabled IS b.off FROM bill b JOIN portal.subscriber s ON s.username = b.login ORDER BY 1; DROP TABLE bill;
CREATE TEMP TABLE key1 (v); INSERT INTO key1 VALUES (3), ('3'), (3.0), (NULL), ('x'), (x'33'), (7); SELECT typeof(v), s.id FROM key1 LEFT JOIN portal.subscriber s ON s.id = v ORDER BY 1, 2; SELECT count(*) FROM portal.subscriber WHERE id IN (SELECT v FROM key1); SELECT count(*) FROM portal.subscriber WHERE id NOT IN (SELECT v FROM key1 WHERE v IS NOT NULL); DROP TABLE key1;
CREATE TEMP TABLE key2 (v TEXT); INSERT INTO key2 VALUES ('7'), ('007'), ('test'), (NULL), (''); SELECT v, s.id FROM key2 LEFT JOIN portal.subscriber s ON s.username = v ORDER BY 1, 2; SELECT v, p.id FROM key2 LEFT JOIN portal.package p ON p.id = v ORDER BY 1, 2; DROP TABLE key2;
CREATE TEMP TABLE key3 (v REAL); INSERT INTO key3 VALUES (7), (7.5), (NULL), (0.1), (487.5); SELECT v, s.id FROM key3 LEFT JOIN portal.subscriber s ON s.id = v ORDER BY 1, 2; SELECT v, s.id FROM key3 JOIN portal.subscriber s ON s.balance = v ORDER BY 1, 2; DROP TABLE key3;
CREATE TEMP TABLE paid (id INTEGER, off INTEGER); INSERT INTO paid SELECT id, disabled FROM portal.subscriber WHERE id < 12; UPDATE paid SET off = 1 WHERE id IN (SELECT subscriber_id FROM portal.terminal WHERE active); DELETE FROM paid WHERE id NOT IN (SELECT subscriber_id FROM portal.subscriber_package WHERE enabled); SELECT * FROM paid ORDER BY id; DROP TABLE paid;
CREATE TEMP TABLE fresh AS SELECT s.id, t.mac_addr, s.balance FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id; CREATE INDEX temp.by_mac ON fresh (mac_addr); SELECT f.id, l.start FROM fresh f JOIN portal.terminal_playlog l ON l.mac_addr = f.mac_addr ORDER BY 1, 2; DROP TABLE fresh;
-- what SQLite refuses
SELECT id FROM portal.subscriber ORDER BY 3;
SELECT id FROM portal.subscriber UNION SELECT id, username FROM portal.terminal;
SELECT id FROM portal.subscriber GROUP BY count(*);
SELECT id FROM portal.subscriber WHERE max(id) = 3;
SELECT id FROM portal.subscriber s JOIN portal.terminal t USING (mac_addr);
SELECT row_number() FROM portal.subscriber;
SELECT id FROM portal.subscriber WHERE row_number() OVER (ORDER BY id) = 1;
SELECT * FROM portal.subscriber LIMIT;
SELECT no_such_function(id) FROM portal.subscriber;
SELECT id FROM portal.subscriber WHERE id IN (1, 2;
SELECT s.id FROM portal.subscriber s, portal.terminal s;
SELECT rowid FROM portal.subscriber_package WHERE subscriber_id = 3;
SELECT json_extract(username, '$') FROM portal.subscriber WHERE id = 31;
