-- Foreign addresses: whose box speaks from an address that is not bound to its subscriber?
-- Only boxes seen since May are asked for. Addresses are compared as text: a network of many is not unfolded.
WITH bound AS MATERIALIZED (
  SELECT subscriber_id, group_concat(inet_addr, ' ') AS addresses
  FROM portal.subscriber_inetaddr
  WHERE subscriber_id IS NOT NULL AND inet_addr IS NOT NULL
  GROUP BY subscriber_id
)
SELECT t.id, t.subscriber_id, t.mac_addr, t.inet_addr, bound.addresses AS bound_to
FROM portal.terminal AS t
CROSS JOIN bound ON bound.subscriber_id = t.subscriber_id
WHERE t.last_seen >= '2025-05-01'
  AND instr(' ' || bound.addresses || ' ', ' ' || t.inet_addr || ' ') = 0
ORDER BY t.id
LIMIT 10;
