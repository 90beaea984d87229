-- Top channels of a quarter: how often opened, on how many boxes, for how long?
-- A box watches until it opens the next channel, three hours at most: a play log knows no end.
-- The names of the ten winners are asked for in one list.
WITH play AS (
  SELECT channel_id, mac_addr, start,
         lead(start) OVER (PARTITION BY mac_addr ORDER BY start) AS next_start
  FROM portal.terminal_playlog
  WHERE start >= '2025-04-01' AND start < '2025-07-01'
),
winner AS MATERIALIZED (
  SELECT channel_id, count(*) AS opened, count(DISTINCT mac_addr) AS boxes,
         sum(coalesce(min(180, (unixepoch(next_start) - unixepoch(start)) / 60), 180)) AS minutes
  FROM play
  WHERE channel_id IS NOT NULL
  GROUP BY channel_id
  ORDER BY opened DESC, channel_id
  LIMIT 10
)
SELECT c.id, c.name, winner.opened, winner.boxes, winner.minutes
FROM portal.tv_channel AS c
CROSS JOIN winner ON winner.channel_id = c.id
WHERE c.id IN (SELECT channel_id FROM winner)
ORDER BY winner.opened DESC, c.id;
