-- Going quiet: who watched in spring, and has not been seen since June?
-- One request: HAVING asks for groups by what is true of all their boxes.
WITH quiet AS MATERIALIZED (
  SELECT subscriber_id, max(last_seen) AS last_seen
  FROM portal.terminal
  WHERE last_seen >= '2025-03-01' AND subscriber_id IS NOT NULL
  GROUP BY subscriber_id
  HAVING max(last_seen) < '2025-06-01'
)
SELECT s.id, s.username, s.phone, quiet.last_seen
FROM portal.subscriber AS s
CROSS JOIN quiet ON quiet.subscriber_id = s.id
WHERE s.disabled = 0 AND s.id IN (SELECT subscriber_id FROM quiet)
ORDER BY quiet.last_seen, s.id
LIMIT 10;
