-- Trino: the raw events, append-only, as bronze_to_silver.py creates them when they are absent.
-- The catalog is `lakehouse`, as in Spark; `timestamp(6) with time zone` is Spark's TIMESTAMP.

CREATE SCHEMA IF NOT EXISTS lakehouse.bronze;
CREATE SCHEMA IF NOT EXISTS lakehouse.silver;
CREATE SCHEMA IF NOT EXISTS lakehouse.gold;

CREATE TABLE IF NOT EXISTS lakehouse.bronze.events (
    event_id varchar,
    event_time timestamp(6) with time zone,
    user_id varchar,
    event_type varchar,
    properties varchar COMMENT 'a JSON object, as it came',
    ingested_at timestamp(6) with time zone COMMENT 'set by the writer; its UTC day is the day processed'
)
WITH (
    format = 'PARQUET',
    format_version = 2,
    -- zstd needs no property here: it is the default of Trino's Iceberg catalogs (`iceberg.compression-codec`).
    -- Hidden: a condition on event_time prunes days, nobody has to know a partition column.
    partitioning = ARRAY['day(event_time)', 'event_type']
);

-- Rows come from whoever may append to bronze (Spark, readers of Debezium's topics): Trino may only read there.
