-- Active with nothing to watch: who is enabled and has no package that is on?
-- A list of keys is made once; NOT IN is checked here, `disabled = 0` travels.
SELECT s.id, s.username, s.phone, s.created_at
FROM portal.subscriber AS s
WHERE s.disabled = 0
  AND s.id NOT IN (SELECT subscriber_id FROM portal.subscriber_package WHERE enabled = 1)
ORDER BY s.id
LIMIT 10;
