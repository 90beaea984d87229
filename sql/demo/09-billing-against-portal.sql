-- Billing against portal: what does the billing system say that the portal does not?
-- A few lines stand here; for a file, `.import --csv billing.csv bill` in the shell makes a table of them.
-- All logins travel in one list.
WITH bill (login, is_paid, balance) AS (
  VALUES ('Абонент_51', 1, 1500.0), ('user000052', 1, 0.0), ('user000053', 0, -10.0),
         ('Абонент_54', 1, 250.0), ('user000055', 0, 0.0), ('nobody', 1, 12.5)
),
known AS MATERIALIZED (
  SELECT username, disabled, balance
  FROM portal.subscriber
  WHERE username IN (SELECT login FROM bill)
)
SELECT bill.login, bill.is_paid, known.disabled, bill.balance AS billed, known.balance,
       CASE WHEN known.username IS NULL THEN 'unknown to the portal'
            WHEN bill.is_paid = 1 AND known.disabled = 1 THEN 'has paid, is off'
            WHEN bill.is_paid = 0 AND known.disabled = 0 THEN 'has not paid, is on'
            ELSE 'another balance' END AS problem
FROM bill
LEFT JOIN known ON known.username = bill.login
WHERE known.username IS NULL OR known.disabled = bill.is_paid OR known.balance <> bill.balance
ORDER BY bill.login;
