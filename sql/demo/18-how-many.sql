-- How many are there of everything?
-- The portal counts. All the counts travel together, as one request.
SELECT 'subscribers' AS what, count(*) AS number FROM portal.subscriber
UNION ALL
SELECT 'disabled subscribers', count(*) FROM portal.subscriber WHERE disabled = 1
UNION ALL
SELECT 'boxes', count(*) FROM portal.terminal
UNION ALL
SELECT 'boxes in use', count(*) FROM portal.terminal WHERE active = 1
UNION ALL
SELECT 'channels', count(*) FROM portal.tv_channel
UNION ALL
SELECT 'programmes', count(*) FROM portal.tv_program;
