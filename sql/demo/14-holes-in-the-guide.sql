-- Holes in the guide: where do programmes leave a gap, or overlap?
-- A portal has no window functions; SQLite has.
WITH guide AS (
  SELECT channel_id, title, start, stop,
         lead(start) OVER (PARTITION BY channel_id ORDER BY start) AS next_start
  FROM portal.tv_program
  WHERE channel_id <= 20
)
SELECT channel_id, CASE WHEN stop > next_start THEN 'overlap' ELSE 'hole' END AS problem,
       title, start, stop, next_start
FROM guide
WHERE stop <> next_start
ORDER BY channel_id, start
LIMIT 5;
