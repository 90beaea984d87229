-- Channels that nobody opened for a week: what could be dropped?
-- NULL in a list makes NOT IN unknown for every row, hence IS NOT NULL.
SELECT id, name
FROM portal.tv_channel
WHERE id NOT IN (
  SELECT channel_id
  FROM portal.terminal_playlog
  WHERE start >= '2025-07-28' AND start < '2025-08-04' AND channel_id IS NOT NULL
)
ORDER BY id
LIMIT 10;
