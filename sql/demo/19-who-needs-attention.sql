-- Who needs attention: in debt, or with a box that speaks without being registered?
-- The portal is asked for both sides of OR at once, and SQLite checks them; doubles are compared by SQLite alone.
SELECT id, username, phone, balance
FROM portal.subscriber
WHERE balance < 0
   OR id IN (SELECT subscriber_id FROM portal.terminal WHERE registered = 0 AND last_seen >= '2025-07-01')
ORDER BY id
LIMIT 10;
