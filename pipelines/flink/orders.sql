-- Orders as they happen: from the topic of JSON records into three Iceberg tables, exactly once. Flink runs this file as one
-- job; the stack fills in what stands in double braces. Credentials are variables of the pods and never stand here.
--
-- A record is a JSON object such as
--   {"order_id": 17, "customer_id": "ann", "amount": 12.50, "currency": "EUR", "ordered_at": "2026-03-02T10:00:00.000Z"}
-- A record that is not ends up in silver.orders_rejected as it came, with its place in the topic and the reason.

-- Times of day, windows and the days of partitions are UTC wherever the job runs.
SET 'table.local-time-zone' = 'UTC';
SET 'pipeline.name' = 'orders';

CREATE CATALOG lakehouse WITH (
  'type' = 'iceberg',
  'catalog-type' = 'rest',
  'uri' = '{{restUrl}}',
  'io-impl' = 'org.apache.iceberg.aws.s3.S3FileIO',
  's3.endpoint' = '{{s3Endpoint}}',
  's3.path-style-access' = 'true',
  {{s3Properties}},
  'cache-enabled' = 'false'
);

CREATE DATABASE IF NOT EXISTS lakehouse.silver WITH ('location' = 's3://{{silver}}/');
CREATE DATABASE IF NOT EXISTS lakehouse.gold WITH ('location' = 's3://{{gold}}/');

-- Every valid order, late ones too.
CREATE TABLE IF NOT EXISTS lakehouse.silver.orders (
  order_id BIGINT,
  customer_id STRING,
  amount DECIMAL(18, 2),
  currency STRING,
  ordered_at TIMESTAMP_LTZ(6),
  received_at TIMESTAMP_LTZ(6),
  source_partition INT,
  source_offset BIGINT,
  -- Flink's Iceberg knows no hidden partitions: the day is a column of its own.
  ordered_on DATE
) PARTITIONED BY (ordered_on) WITH ('location' = 's3://{{silver}}/orders', {{silver_orders_properties}});

CREATE TABLE IF NOT EXISTS lakehouse.silver.orders_rejected (
  reason STRING,
  record STRING,
  received_at TIMESTAMP_LTZ(6),
  source_partition INT,
  source_offset BIGINT,
  received_on DATE
) PARTITIONED BY (received_on) WITH ('location' = 's3://{{silver}}/orders_rejected', {{silver_orders_rejected_properties}});

-- A minute is closed {{latenessSeconds}} s after it in the orders' own time; what comes later is in silver.orders only.
CREATE TABLE IF NOT EXISTS lakehouse.gold.orders_per_minute (
  window_start TIMESTAMP_LTZ(6),
  window_end TIMESTAMP_LTZ(6),
  currency STRING,
  orders BIGINT,
  amount DECIMAL(38, 2),
  day_of_window DATE
) PARTITIONED BY (day_of_window) WITH ('location' = 's3://{{gold}}/orders_per_minute', {{gold_orders_per_minute_properties}});

-- The record is read as text, because a JSON format either fails on a bad record or drops it.
CREATE TEMPORARY TABLE orders_topic (
  record STRING,
  received_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  source_partition INT METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  stated_at AS CASE WHEN JSON_VALUE(record, '$.ordered_at') LIKE '____-__-__T__:__:__%Z'
    THEN CAST(TRY_CAST(REPLACE(REPLACE(JSON_VALUE(record, '$.ordered_at'), 'T', ' '), 'Z', '') AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)) END,
  -- A record without a time of its own must not hold back the others' windows.
  event_at AS COALESCE(CASE WHEN JSON_VALUE(record, '$.ordered_at') LIKE '____-__-__T__:__:__%Z'
    THEN CAST(TRY_CAST(REPLACE(REPLACE(JSON_VALUE(record, '$.ordered_at'), 'T', ' '), 'Z', '') AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)) END, received_at),
  WATERMARK FOR event_at AS event_at - INTERVAL '{{latenessSeconds}}' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '{{topic}}',
  'format' = 'raw',
  'scan.startup.mode' = 'group-offsets',
  'properties.auto.offset.reset' = 'earliest',
  -- Partitions without records would keep every window open.
  'scan.watermark.idle-timeout' = '1 min',
  {{kafkaOptions}}
);

CREATE TEMPORARY VIEW orders_read AS
SELECT
  *,
  CASE
    WHEN record IS NULL THEN 'no record, only a key'
    WHEN record IS NOT JSON OBJECT THEN 'not a JSON object'
    WHEN order_id IS NULL THEN 'order_id is not a whole number'
    WHEN customer_id IS NULL OR customer_id = '' THEN 'customer_id is missing'
    WHEN amount IS NULL THEN 'amount is not a number'
    WHEN currency IS NULL OR NOT REGEXP(currency, '^[A-Z]{3}$') THEN 'currency is not three capital letters'
    WHEN stated_at IS NULL THEN 'ordered_at is not a UTC time such as 2026-03-02T10:00:00Z'
    WHEN stated_at > received_at + INTERVAL '1' HOUR THEN 'ordered_at is in the future'
  END AS reason
FROM (
  SELECT
    *,
    TRY_CAST(JSON_VALUE(record, '$.order_id') AS BIGINT) AS order_id,
    JSON_VALUE(record, '$.customer_id') AS customer_id,
    TRY_CAST(JSON_VALUE(record, '$.amount') AS DECIMAL(18, 2)) AS amount,
    JSON_VALUE(record, '$.currency') AS currency
  FROM orders_topic
);

EXECUTE STATEMENT SET BEGIN

INSERT INTO lakehouse.silver.orders
SELECT order_id, customer_id, amount, currency, stated_at, received_at, source_partition, source_offset, CAST(stated_at AS DATE)
FROM orders_read
WHERE reason IS NULL;

INSERT INTO lakehouse.silver.orders_rejected
SELECT reason, record, received_at, source_partition, source_offset, CAST(received_at AS DATE)
FROM orders_read
WHERE reason IS NOT NULL;

INSERT INTO lakehouse.gold.orders_per_minute
SELECT
  CAST(window_start AS TIMESTAMP_LTZ(6)), CAST(window_end AS TIMESTAMP_LTZ(6)), currency, COUNT(*), SUM(amount), CAST(window_start AS DATE)
FROM TABLE(TUMBLE(DATA => TABLE orders_read, TIMECOL => DESCRIPTOR(event_at), SIZE => INTERVAL '1' MINUTE))
WHERE reason IS NULL
GROUP BY window_start, window_end, currency;

END;
