-- The busy hour: when do boxes open channels?
-- The range of time travels; hours are cut out and counted here.
SELECT strftime('%H', start) AS hour, count(*) AS opened, count(DISTINCT mac_addr) AS boxes
FROM portal.terminal_playlog
WHERE start >= '2025-06-01' AND start < '2025-07-01'
GROUP BY hour
ORDER BY opened DESC, hour
LIMIT 5;
