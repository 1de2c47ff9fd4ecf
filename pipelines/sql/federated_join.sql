-- Trino: silver events joined with a table that stays in PostgreSQL (catalog `postgresql`, `public.customers`).
-- The conditions on event_time and on the plan are pushed down: Iceberg skips days, PostgreSQL filters its rows.

SELECT
    c.plan,
    e.event_type,
    count(*) AS events,
    count(DISTINCT e.user_id) AS users
FROM lakehouse.silver.events AS e
INNER JOIN postgresql.public.customers AS c ON c.user_id = e.user_id
WHERE
    e.event_time >= TIMESTAMP '2026-03-01 00:00:00 UTC'
    AND e.event_time < TIMESTAMP '2026-04-01 00:00:00 UTC'
    AND c.plan IN ('team', 'enterprise')
GROUP BY c.plan, e.event_type
ORDER BY events DESC;
