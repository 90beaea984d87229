-- Disabled but still entitled: whose account is off while packages are still on?
-- Both conditions travel: `disabled = 1` does, a bare `disabled` would not.
-- CROSS JOIN keeps the order: the portal's table outside, what was counted inside, found by key without a request.
WITH entitled AS MATERIALIZED (
  SELECT subscriber_id, count(*) AS packages
  FROM portal.subscriber_package
  WHERE enabled = 1
  GROUP BY subscriber_id
)
SELECT s.id, s.username, s.created_at, entitled.packages
FROM portal.subscriber AS s
CROSS JOIN entitled ON entitled.subscriber_id = s.id
WHERE s.disabled = 1
ORDER BY entitled.packages DESC, s.id
LIMIT 10;
