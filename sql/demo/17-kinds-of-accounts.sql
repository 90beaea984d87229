-- Kinds of accounts: which are there among those with money on them?
-- The conditions travel; DISTINCT is taken here, over the columns that it needs.
SELECT DISTINCT billing, business
FROM portal.subscriber
WHERE balance > 0 AND billing IN ('prepaid', 'postpaid') AND business IS NOT NULL
ORDER BY billing, business;
