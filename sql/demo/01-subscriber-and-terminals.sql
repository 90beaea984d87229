-- A subscriber's card: the phone rings, who is it and which boxes do they have?
-- The name travels to the portal, then the keys that it answers: nothing else is fetched.
SELECT s.id, s.username, s.surname, t.mac_addr, t.inet_addr, t.last_seen
FROM portal.subscriber AS s
JOIN portal.terminal AS t ON t.subscriber_id = s.id
WHERE s.username = 'Абонент_210'
ORDER BY t.id;
