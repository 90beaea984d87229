-- The newest programmes: what stands last in the guide?
-- Order and limit travel, however large the table is. Without IS NOT NULL they would not: SQLite and a portal put NULL
-- at different ends.
SELECT id, channel_id, title, start
FROM portal.tv_program
WHERE start IS NOT NULL
ORDER BY start DESC, id DESC
LIMIT 20;
