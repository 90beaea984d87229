-- A subscriber's card: who calls, by login, phone, MAC or IP address?
-- Each way to find them asks for one value. A text that is no address becomes NULL, which matches no row: nothing is
-- sent. The boxes are then looked up by the key that was found.
WITH asked (what) AS (VALUES ('Абонент_150')),
found (id) AS MATERIALIZED (
  SELECT id FROM portal.subscriber WHERE username = (SELECT what FROM asked)
  UNION
  SELECT id FROM portal.subscriber WHERE phone = (SELECT what FROM asked)
  UNION
  SELECT subscriber_id FROM portal.terminal
  WHERE mac_addr = (SELECT what FROM asked WHERE what LIKE '__:__:__:__:__:__')
  UNION
  SELECT subscriber_id FROM portal.terminal
  WHERE inet_addr = (SELECT what FROM asked WHERE what GLOB '[0-9]*.[0-9]*.[0-9]*.[0-9]*')
)
SELECT s.id, s.username, s.surname, s.phone, s.balance, t.mac_addr, t.inet_addr, t.last_seen
FROM found
CROSS JOIN portal.subscriber AS s ON s.id = found.id
LEFT JOIN portal.terminal AS t ON t.subscriber_id = s.id
ORDER BY s.id, t.last_seen DESC;
