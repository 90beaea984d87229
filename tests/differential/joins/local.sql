-- Tables and views of the connection itself, beside those of the portal: made anew before what changes them.
DROP VIEW IF EXISTS temp.boxes;
DROP VIEW IF EXISTS temp.owned;
DROP VIEW IF EXISTS temp.per_channel;
DROP TABLE IF EXISTS wanted;
DROP TABLE IF EXISTS anything;
DROP TABLE IF EXISTS words;
DROP TABLE IF EXISTS moments;
DROP TABLE IF EXISTS pairs;
DROP TABLE IF EXISTS card;
DROP TABLE IF EXISTS noted;
CREATE TABLE wanted (id INTEGER PRIMARY KEY, subscriber_id INTEGER, username TEXT, note TEXT);
INSERT INTO wanted VALUES (1, 7, '100%', NULL), (2, 12, 'a\%b', 'old'), (3, 7, '100%', NULL), (4, NULL, NULL, NULL),
  (5, 9999, 'nobody', 'gone'), (6, 24, 'Test', NULL), (7, -1, 'TEST', 'x'), (8, 35, 'id', NULL), (9, 10, '', 'gap'), (10, 1, 'test', NULL);
CREATE TABLE anything (k, v);
INSERT INTO anything VALUES (3, 'integer'), ('3', 'text'), (3.0, 'real'), (3.5, 'half'), (NULL, 'null'), ('x', 'letter'),
  (x'33', 'blob'), ('3.0', 'text of a real'), (9007199254740993, 'large'), (9007199254740992.0, 'rounded'), ('007', 'padded'),
  (12, 'integer'), ('', 'empty'), (1e300, 'huge'), (-3, 'negative'), ('2024-01-01 00:00:00', 'moment'), ('10.0.0.1', 'address');
CREATE TABLE words (w TEXT COLLATE NOCASE, n INTEGER);
INSERT INTO words VALUES ('TEST', 1), ('test', 2), ('Username', 3), ('ИВАНОВ', 4), ('', 5), (NULL, 6), ('id', 7), ('trailing', 8), ('null', 9), ('no such', 10);
CREATE TABLE moments (at DATETIME, until DATETIME);
INSERT INTO moments VALUES ('2024-01-01 00:00:00', '2024-01-01 02:00:00'), ('2024-01-01', '2024-01-02'), ('2020-02-17 00:00:00.5', NULL),
  ('9999-12-31 23:59:59.999999', '2024'), (NULL, '2024-01-01 00:30:00'), ('never', 'always'), ('2024-01-01 01:00:00', '2024-01-01 01:00:00');
CREATE TABLE pairs (subscriber_id INTEGER, package_id INTEGER);
INSERT INTO pairs VALUES (1, 1), (1, 6), (1, 7), (3, 11), (NULL, 4), (5, NULL), (7, 12), (7, 12), (20000000, 1), (54, 2), (2, 6);
CREATE TABLE card (subscriber_id INTEGER PRIMARY KEY, boxes INTEGER, names TEXT, at DATETIME);
CREATE TABLE noted (id INTEGER);
INSERT INTO card VALUES (7, 0, 'before', NULL), (12, 5, NULL, '2024-01-01');
CREATE TEMP VIEW boxes AS SELECT id, subscriber_id, mac_addr FROM portal.terminal WHERE active = 1;
CREATE TEMP VIEW owned AS SELECT sp.subscriber_id, p.id AS package_id, p.name, p.price FROM portal.subscriber_package sp JOIN portal.package p ON p.id = sp.package_id;
CREATE TEMP VIEW per_channel AS SELECT channel_id, count(*) AS n, min(start) AS first FROM portal.tv_program GROUP BY channel_id;
