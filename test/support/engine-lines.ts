/** Lines that real engines wrote, in the sandbox's runs, and what is found in them. */
export const LINES: readonly [service: string, line: string, expected: Record<string, string>][] = [
  [
    "trino",
    "2026-11-30T22:02:05.913Z\tINFO\tdispatcher-query-0\tio.trino.event.QueryMonitor\tTIMELINE: Query 20261130_220204_00000_a3i8z :: FINISHED :: elapsed 1337ms",
    { level: "INFO", query_id: "20261130_220204_00000_a3i8z" },
  ],
  [
    "trino",
    "2026-11-30T22:02:02.207Z\tERROR\talluxio-init-service\talluxio.client.file.cache.LocalCacheManager\tFailed to restore PageStore",
    { level: "ERROR" },
  ],
  [
    "hive-metastore",
    "2026-11-30T22:01:40,987  WARN [main] metastore.ObjectStore: datanucleus.autoStartMechanismMode is set to unsupported value null . Setting it to value: ignored",
    { level: "WARN" },
  ],
  [
    "hive-metastore",
    "2026-11-30T22:01:40,989  INFO [main] metastore.ObjectStore: ObjectStore, initialize called",
    { level: "INFO" },
  ],
  ["minio", "INFO: Formatting 1st pool, 1 set(s), 1 drives per set.", { level: "INFO" }],
  ["any", "2026-11-30 22:01:30.042 UTC [20854] FATAL:  the database system is starting up", { level: "FATAL" }],
  [
    "any",
    '2026-11-30 22:01:30.012 UTC [20833] LOG:  listening on IPv4 address "127.0.0.1", port 5432',
    { level: "LOG" },
  ],
];
