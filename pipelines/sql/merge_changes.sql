-- Trino: a table of PostgreSQL as an Iceberg table, made of the changes that Debezium tells. Here `public.orders` of the database
-- `shop`: its topic is kafka.shop.orders where the stack has it as a table (setting `query.trino.kafka.topics`).
-- Run it as often as the table is to be fresh: what it has seen already changes nothing, so a run that failed is run again.

CREATE SCHEMA IF NOT EXISTS lakehouse.shop;

CREATE TABLE IF NOT EXISTS lakehouse.shop.orders (
    id integer,
    amount decimal(10, 2),
    changed_at timestamp(6) with time zone COMMENT 'when the database changed it',
    source_lsn bigint COMMENT 'place of that change in the log of the database'
)
WITH (format = 'PARQUET', format_version = 2);

-- The newest change of each key wins: by its place in the log, because a crash makes Debezium tell changes again, and the offset
-- where that is the same (rows of one first reading). Records that are no change, or no JSON, have no `op` and are left out.
-- It reads the whole topic; `_timestamp > current_timestamp - INTERVAL '1' HOUR` beside `op` reads only the end of it.
MERGE INTO lakehouse.shop.orders AS t
USING (
    SELECT id, op, amount, changed_at, lsn
    FROM (
        SELECT
            id,
            op,
            amount,
            changed_at,
            lsn,
            row_number() OVER (PARTITION BY id ORDER BY lsn DESC, _partition_offset DESC) AS age
        FROM (
            SELECT
                CAST(json_extract_scalar(coalesce(after, before), '$.id') AS integer) AS id,
                op,
                CAST(json_extract_scalar(after, '$.amount') AS decimal(10, 2)) AS amount,
                CAST(from_unixtime_nanos(ts_ms * 1000000) AS timestamp(6) with time zone) AS changed_at,
                lsn,
                _partition_offset
            FROM kafka.shop.orders
            WHERE op IN ('c', 'r', 'u', 'd')
        )
    )
    WHERE age = 1
) AS s
ON t.id = s.id
WHEN MATCHED AND s.lsn > t.source_lsn AND s.op = 'd' THEN DELETE
WHEN MATCHED AND s.lsn > t.source_lsn
    THEN UPDATE SET amount = s.amount, changed_at = s.changed_at, source_lsn = s.lsn
WHEN NOT MATCHED AND s.op <> 'd'
    THEN INSERT (id, amount, changed_at, source_lsn) VALUES (s.id, s.amount, s.changed_at, s.lsn);
