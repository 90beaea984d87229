-- Dead boxes: which ones that are in use have been silent longest?
-- The portal sorts: condition, order and limit travel, so that no more rows come than are shown.
SELECT id, subscriber_id, mac_addr, inet_addr, last_seen
FROM portal.terminal
WHERE active = 1 AND last_seen BETWEEN '2024-01-01' AND '2025-01-01'
ORDER BY last_seen, id
LIMIT 10;
