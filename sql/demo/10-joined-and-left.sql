-- Joined and left: how did the year go, month by month?
-- A disabled account counts as gone in the month when the last of its boxes was seen. Ranges of time travel.
WITH heard AS MATERIALIZED (
  SELECT subscriber_id, max(last_seen) AS last_seen
  FROM portal.terminal
  WHERE last_seen >= '2024-01-01' AND last_seen < '2026-01-01' AND subscriber_id IS NOT NULL
  GROUP BY subscriber_id
),
moved (month, joined, gone) AS (
  SELECT strftime('%Y-%m', created_at), 1, 0
  FROM portal.subscriber
  WHERE created_at >= '2024-01-01' AND created_at < '2025-01-01'
  UNION ALL
  SELECT strftime('%Y-%m', heard.last_seen), 0, 1
  FROM portal.subscriber AS s
  CROSS JOIN heard ON heard.subscriber_id = s.id
  WHERE s.disabled = 1 AND heard.last_seen < '2025-01-01'
)
SELECT month, sum(joined) AS joined, sum(gone) AS gone, sum(joined) - sum(gone) AS net
FROM moved
GROUP BY month
ORDER BY month;
