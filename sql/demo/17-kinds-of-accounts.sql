-- Kinds of accounts: how do those that are on pay, and which of them are firms?
-- DISTINCT travels with its conditions: the portal sends each combination once, however many subscribers have it.
SELECT DISTINCT billing, business
FROM portal.subscriber
WHERE disabled = 0 AND billing IN ('prepaid', 'postpaid');
