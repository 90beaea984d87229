-- Who needs attention: in debt, or with a box that speaks without being registered?
-- Each side of OR is asked for by itself; the keys that the inner SELECT finds travel as one list.
SELECT id, username, phone, balance
FROM portal.subscriber
WHERE balance < 0
   OR id IN (SELECT subscriber_id FROM portal.terminal WHERE registered = 0 AND last_seen >= '2025-07-01')
ORDER BY id
LIMIT 10;
