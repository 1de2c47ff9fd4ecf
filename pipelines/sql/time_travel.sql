-- Trino: the history of a table. It reaches back as far as table_maintenance.py keeps snapshots (7 days by default).
-- Spark writes the same as `VERSION AS OF <id>` and `TIMESTAMP AS OF '<instant>'`.

-- What was committed, when, and how many rows each commit added.
SELECT
    snapshot_id,
    committed_at,
    operation,
    element_at(summary, 'added-records') AS added
FROM lakehouse.bronze."events$snapshots"
ORDER BY committed_at DESC;

-- The table as it was an hour ago (an error when it did not exist yet).
SELECT count(*) AS events
FROM lakehouse.bronze.events FOR TIMESTAMP AS OF current_timestamp - INTERVAL '1' HOUR;

-- The table as of one snapshot; put in an id of the first query.
SELECT count(*) AS events
FROM lakehouse.bronze.events FOR VERSION AS OF 1234567890123456789;

-- Back to that snapshot, undoing what came after it; the later snapshots remain until they expire. Where people sign in to Trino
-- (lakehouse:access) it refuses table procedures to all: there CREATE OR REPLACE TABLE … AS SELECT … FOR VERSION AS OF … does the same.
ALTER TABLE lakehouse.bronze.events EXECUTE rollback_to_snapshot(1234567890123456789);

-- A new column is metadata only; rows written before have null. The next bronze_to_silver.py run takes it along.
ALTER TABLE lakehouse.bronze.events ADD COLUMN country varchar;
