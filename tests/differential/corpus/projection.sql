-- a column, some, all
SELECT id FROM portal.subscriber;
SELECT username, id FROM portal.subscriber;
SELECT * FROM portal.subscriber;
SELECT created_at, balance, disabled, max_terminal, username FROM portal.subscriber ORDER BY id;
SELECT id, id, id + 1 FROM portal.subscriber ORDER BY id;
SELECT *, rowid FROM portal.subscriber ORDER BY id;
SELECT s.* FROM portal.subscriber AS s WHERE s.id = 3;
-- every table
SELECT * FROM portal.terminal;
SELECT * FROM portal.package;
SELECT * FROM portal.subscriber_package;
SELECT * FROM portal.subscriber_inetaddr;
SELECT * FROM portal.tv_channel;
SELECT * FROM portal.tv_program;
SELECT * FROM portal.tv_program_category;
SELECT * FROM portal.tv_category;
SELECT * FROM portal.terminal_playlog;
SELECT * FROM portal.service;
SELECT * FROM portal.user;
SELECT * FROM portal.key;
SELECT * FROM portal.playlist;
-- types are those of a plain table
SELECT typeof(id), typeof(username), typeof(max_terminal), typeof(disabled), typeof(balance), typeof(created_at) FROM portal.subscriber ORDER BY id;
SELECT DISTINCT typeof(paid), typeof(cost), typeof(price), typeof(disabled) FROM portal.package;
SELECT DISTINCT typeof(start), typeof(domain_id), typeof(mac_addr) FROM portal.terminal_playlog;
SELECT id, balance / 2, max_terminal / 2, balance || '', disabled + 1 FROM portal.subscriber ORDER BY id;
SELECT id, CAST(balance AS TEXT), CAST(created_at AS INTEGER), CAST(username AS REAL) FROM portal.subscriber ORDER BY id;
SELECT DISTINCT typeof(extra_08), typeof(extra_09), typeof(extra_10), typeof(extra_14), typeof(extra_15), typeof(extra_16) FROM portal.media;
-- integers beyond 2^53 keep their digits
SELECT id FROM portal.tv_program WHERE id > 9007199254740992 ORDER BY id;
SELECT extra_08, extra_08 + 0, extra_08 % 10 FROM portal.media ORDER BY id;
SELECT id, extra_08 FROM portal.media WHERE extra_08 = 9007199254740993 ORDER BY id;
SELECT id, extra_08 FROM portal.media WHERE extra_08 > 9007199254740992 ORDER BY id;
SELECT id, extra_08 FROM portal.media WHERE extra_08 = 9223372036854775807 ORDER BY id;
SELECT id, extra_08 FROM portal.media WHERE extra_08 <= -9223372036854775808 ORDER BY id;
SELECT id, extra_08 FROM portal.media WHERE extra_08 > 9007199254740992.0 ORDER BY id;
-- no columns at all
SELECT 1 FROM portal.subscriber;
SELECT count(*) FROM portal.subscriber;
SELECT count(*), count(1), count(email) FROM portal.subscriber;
SELECT count(*) FROM portal.terminal_playlog;
SELECT EXISTS (SELECT 1 FROM portal.subscriber);
-- columns that do not exist
SELECT missing FROM portal.subscriber;
SELECT s.missing FROM portal.subscriber s;
SELECT * FROM portal.missing;
SELECT id FROM portal.subscriber WHERE missing = 1;
SELECT id FROM portal.subscriber ORDER BY missing;
-- a name in any case
SELECT ID, UserName FROM portal.Subscriber WHERE Id < 5 ORDER BY iD;
SELECT "id" FROM "portal"."subscriber" WHERE "id" = 5;
