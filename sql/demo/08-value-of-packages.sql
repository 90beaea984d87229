-- Packages: how many subscribers does each have, and what is it worth a month?
-- What is on is counted in one pass over the links; the few packages are read once.
WITH taken AS MATERIALIZED (
  SELECT package_id, count(*) AS subscribers
  FROM portal.subscriber_package
  WHERE enabled = 1
  GROUP BY package_id
)
SELECT p.id, p.name, taken.subscribers, coalesce(p.cost, p.price) AS price,
       round(taken.subscribers * coalesce(p.cost, p.price), 2) AS monthly_value
FROM portal.package AS p
CROSS JOIN taken ON taken.package_id = p.id
ORDER BY taken.subscribers DESC, p.id;
