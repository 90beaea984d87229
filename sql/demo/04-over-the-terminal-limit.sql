-- Over the limit: who has more boxes registered than their contract allows?
-- One request: the portal counts boxes and joins them; the few that are over are sorted here.
WITH counted AS (
  SELECT subscriber_id, count(*) AS terminals
  FROM portal.terminal
  WHERE subscriber_id IS NOT NULL
  GROUP BY subscriber_id
)
SELECT s.id, s.username, s.max_terminal, counted.terminals
FROM portal.subscriber AS s
JOIN counted ON counted.subscriber_id = s.id
WHERE s.max_terminal > 0 AND counted.terminals > s.max_terminal
ORDER BY counted.terminals - s.max_terminal DESC, s.id
LIMIT 5;
