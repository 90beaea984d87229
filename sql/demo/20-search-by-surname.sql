-- A search: whose surname begins with these letters?
-- LIKE travels as a pattern that is at least as wide; SQLite checks each row again.
SELECT id, username, surname, first_name, phone
FROM portal.subscriber
WHERE surname LIKE 'Берёз%' AND disabled = 0
ORDER BY id
LIMIT 10;
