-- joined on a key and a number that points to it
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.terminal b ON a.id = b.subscriber_id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.terminal b ON b.subscriber_id = a.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a RIGHT JOIN portal.terminal b ON a.id = b.subscriber_id AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a FULL JOIN portal.terminal b ON a.id = b.subscriber_id ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.subscriber a LEFT JOIN portal.terminal b ON a.id = b.subscriber_id AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.terminal b WHERE b.subscriber_id IN (SELECT a.id FROM portal.subscriber a) ORDER BY 1;
SELECT b.id FROM portal.terminal b WHERE NOT EXISTS (SELECT 1 FROM portal.subscriber a WHERE a.id = b.subscriber_id) ORDER BY 1;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.terminal b ON a.id IS b.subscriber_id WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on texts
SELECT a.id, b.id FROM portal.subscriber a CROSS JOIN portal.tv_channel b WHERE a.surname = b.name ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.tv_channel b ON b.name = a.surname ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a RIGHT JOIN portal.tv_channel b ON a.surname = b.name AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a FULL JOIN portal.tv_channel b ON a.surname = b.name ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.subscriber a LEFT JOIN portal.tv_channel b ON a.surname = b.name AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.tv_channel b WHERE b.name IN (SELECT a.surname FROM portal.subscriber a) ORDER BY 1;
SELECT b.id FROM portal.tv_channel b WHERE NOT EXISTS (SELECT 1 FROM portal.subscriber a WHERE a.surname = b.name) ORDER BY 1;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.tv_channel b ON a.surname IS b.name WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on a text and a number
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.package b ON a.username = b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.package b ON b.id = a.username ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a RIGHT JOIN portal.package b ON a.username = b.id AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a FULL JOIN portal.package b ON a.username = b.id ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.subscriber a LEFT JOIN portal.package b ON a.username = b.id AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.package b WHERE b.id IN (SELECT a.username FROM portal.subscriber a) ORDER BY 1;
SELECT b.id FROM portal.package b WHERE NOT EXISTS (SELECT 1 FROM portal.subscriber a WHERE a.username = b.id) ORDER BY 1;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.package b ON a.username IS b.id WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on numbers that may be NULL on both sides
SELECT a.id, b.id FROM portal.subscriber a CROSS JOIN portal.tv_category b WHERE a.max_terminal = b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.tv_category b ON b.id = a.max_terminal ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a RIGHT JOIN portal.tv_category b ON a.max_terminal = b.id AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a FULL JOIN portal.tv_category b ON a.max_terminal = b.id ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.subscriber a LEFT JOIN portal.tv_category b ON a.max_terminal = b.id AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.tv_category b WHERE b.id IN (SELECT a.max_terminal FROM portal.subscriber a) ORDER BY 1;
SELECT b.id FROM portal.tv_category b WHERE NOT EXISTS (SELECT 1 FROM portal.subscriber a WHERE a.max_terminal = b.id) ORDER BY 1;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.tv_category b ON a.max_terminal IS b.id WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on flags
SELECT a.id, b.id FROM portal.terminal a JOIN portal.package b ON a.active = b.paid WHERE a.id < 20 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a LEFT JOIN portal.package b ON b.paid = a.active AND a.id < 20 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a RIGHT JOIN portal.package b ON a.active = b.paid AND a.id > 9 AND a.id < 20 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a FULL JOIN portal.package b ON a.active = b.paid AND a.id < 20 ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.terminal a LEFT JOIN portal.package b ON a.active = b.paid AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.package b WHERE b.paid IN (SELECT a.active FROM portal.terminal a) ORDER BY 1;
SELECT b.id FROM portal.package b WHERE NOT EXISTS (SELECT 1 FROM portal.terminal a WHERE a.active = b.paid) ORDER BY 1;
SELECT a.id, b.id FROM portal.terminal a JOIN portal.package b ON a.active IS b.paid WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on floats
SELECT a.id, b.id FROM portal.subscriber a CROSS JOIN portal.package b WHERE a.balance = b.price ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a LEFT JOIN portal.package b ON b.price = a.balance ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a RIGHT JOIN portal.package b ON a.balance = b.price AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.subscriber a FULL JOIN portal.package b ON a.balance = b.price ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.subscriber a LEFT JOIN portal.package b ON a.balance = b.price AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.package b WHERE b.price IN (SELECT a.balance FROM portal.subscriber a) ORDER BY 1;
SELECT b.id FROM portal.package b WHERE NOT EXISTS (SELECT 1 FROM portal.subscriber a WHERE a.balance = b.price) ORDER BY 1;
SELECT a.id, b.id FROM portal.subscriber a JOIN portal.package b ON a.balance IS b.price WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on timestamps
SELECT a.id, b.id FROM portal.terminal a JOIN portal.subscriber b ON a.last_seen = b.created_at ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a LEFT JOIN portal.subscriber b ON b.created_at = a.last_seen ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a RIGHT JOIN portal.subscriber b ON a.last_seen = b.created_at AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a FULL JOIN portal.subscriber b ON a.last_seen = b.created_at ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.terminal a LEFT JOIN portal.subscriber b ON a.last_seen = b.created_at AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.subscriber b WHERE b.created_at IN (SELECT a.last_seen FROM portal.terminal a) ORDER BY 1;
SELECT b.id FROM portal.subscriber b WHERE NOT EXISTS (SELECT 1 FROM portal.terminal a WHERE a.last_seen = b.created_at) ORDER BY 1;
SELECT a.id, b.id FROM portal.terminal a JOIN portal.subscriber b ON a.last_seen IS b.created_at WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on dates
SELECT a.id, b.id FROM portal.media a CROSS JOIN portal.media b WHERE a.extra_15 = b.extra_25 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.media a LEFT JOIN portal.media b ON b.extra_25 = a.extra_15 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.media a RIGHT JOIN portal.media b ON a.extra_15 = b.extra_25 AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.media a FULL JOIN portal.media b ON a.extra_15 = b.extra_25 ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.media a LEFT JOIN portal.media b ON a.extra_15 = b.extra_25 AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.media b WHERE b.extra_25 IN (SELECT a.extra_15 FROM portal.media a) ORDER BY 1;
SELECT b.id FROM portal.media b WHERE NOT EXISTS (SELECT 1 FROM portal.media a WHERE a.extra_15 = b.extra_25) ORDER BY 1;
SELECT a.id, b.id FROM portal.media a JOIN portal.media b ON a.extra_15 IS b.extra_25 WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on addresses
SELECT a.id, b.id FROM portal.terminal a JOIN portal.subscriber_inetaddr b ON a.inet_addr = b.inet_addr ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a LEFT JOIN portal.subscriber_inetaddr b ON b.inet_addr = a.inet_addr ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a RIGHT JOIN portal.subscriber_inetaddr b ON a.inet_addr = b.inet_addr AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.terminal a FULL JOIN portal.subscriber_inetaddr b ON a.inet_addr = b.inet_addr ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.terminal a LEFT JOIN portal.subscriber_inetaddr b ON a.inet_addr = b.inet_addr AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.subscriber_inetaddr b WHERE b.inet_addr IN (SELECT a.inet_addr FROM portal.terminal a) ORDER BY 1;
SELECT b.id FROM portal.subscriber_inetaddr b WHERE NOT EXISTS (SELECT 1 FROM portal.terminal a WHERE a.inet_addr = b.inet_addr) ORDER BY 1;
SELECT a.id, b.id FROM portal.terminal a JOIN portal.subscriber_inetaddr b ON a.inet_addr IS b.inet_addr WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
-- joined on a column without a name and a key
SELECT a.id, b.id FROM portal.domain a CROSS JOIN portal.tv_category b WHERE a.Field_5 = b.id ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.domain a LEFT JOIN portal.tv_category b ON b.id = a.Field_5 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.domain a RIGHT JOIN portal.tv_category b ON a.Field_5 = b.id AND a.id > 9 ORDER BY 1, 2;
SELECT a.id, b.id FROM portal.domain a FULL JOIN portal.tv_category b ON a.Field_5 = b.id ORDER BY 1, 2;
SELECT count(*), count(a.id), count(b.id) FROM portal.domain a LEFT JOIN portal.tv_category b ON a.Field_5 = b.id AND b.id % 2 WHERE b.id IS NULL OR a.id > 5;
SELECT b.id FROM portal.tv_category b WHERE b.id IN (SELECT a.Field_5 FROM portal.domain a) ORDER BY 1;
SELECT b.id FROM portal.tv_category b WHERE NOT EXISTS (SELECT 1 FROM portal.domain a WHERE a.Field_5 = b.id) ORDER BY 1;
SELECT a.id, b.id FROM portal.domain a JOIN portal.tv_category b ON a.Field_5 IS b.id WHERE a.id < 30 AND b.id < 30 ORDER BY 1, 2;
