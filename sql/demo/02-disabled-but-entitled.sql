-- Disabled but still entitled: whose account is off while packages are still on?
-- One request: the portal counts, joins, sorts and cuts, for it answers this as SQLite would.
WITH entitled AS (
  SELECT subscriber_id, count(*) AS packages
  FROM portal.subscriber_package
  WHERE enabled = 1
  GROUP BY subscriber_id
)
SELECT s.id, s.username, s.created_at, entitled.packages
FROM portal.subscriber AS s
JOIN entitled ON entitled.subscriber_id = s.id
WHERE s.disabled = 1
ORDER BY entitled.packages DESC, s.id
LIMIT 10;
