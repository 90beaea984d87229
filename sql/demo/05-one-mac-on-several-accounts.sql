-- One box on several accounts: which MAC addresses stand twice, however spelled?
-- The spelling is evened out here; a portal compares letter by letter.
WITH box AS (
  SELECT subscriber_id, lower(replace(replace(mac_addr, ':', ''), '-', '')) AS mac
  FROM portal.terminal
  WHERE mac_addr IS NOT NULL AND subscriber_id IS NOT NULL
)
SELECT mac, count(DISTINCT subscriber_id) AS accounts, group_concat(DISTINCT subscriber_id) AS subscribers
FROM box
WHERE length(mac) = 12
GROUP BY mac
HAVING count(DISTINCT subscriber_id) > 1
ORDER BY accounts DESC, mac
LIMIT 10;
