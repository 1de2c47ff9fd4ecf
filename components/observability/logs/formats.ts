/**
 * How lines of the engines' logs are read. Expressions are in Go's syntax (RE2), as Alloy and OpenTelemetry's collector take them: both
 * configurations are written from this one description. A test runs the same expressions over lines that real engines wrote. Pure.
 */

export interface Format {
  /** Value of the label `service`, as an expression. */
  readonly services: string;
  /** Named groups become what agents know of a line: `level`. */
  readonly expressions: readonly string[];
  /** First line of an entry, where an entry may have several: stack traces. @default each line is an entry */
  readonly begins?: string;
}

const LEVEL = "(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|PANIC|CRITICAL|LOG)";
/** `2026-11-30T22:02:05.913Z`, `2026-11-30 22:01:30.012 UTC`, `2026-11-30T22:01:40,987` */
const TIME = "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d+)?(?:Z| UTC|[+-]\\d{2}:?\\d{2})?";

/**
 * In lines of every service: Trino's and Presto's id of a query, which is the date of its start, its number, and the coordinator's own word.
 * Clients such as Airflow and Spark write it too, so one id finds all that is said of a query.
 */
export const QUERY = "\\b(?P<query_id>\\d{8}_\\d{6}_\\d{5}_[a-z0-9]{5})\\b";

export const FORMATS: readonly Format[] = [
  // Airlift: time, level, thread and logger with tabs between.
  { services: "trino|presto", expressions: [`^${TIME}\\t${LEVEL}\\t`], begins: `^${TIME}\\t` },
  // log4j 2, as the stack, Strimzi, Flink and Druid configure it.
  {
    services: "hive-metastore|kafka|connect|flink.*|druid|strimzi.*",
    expressions: [`^${TIME}\\s+${LEVEL}\\s`],
    begins: `^${TIME}\\s`,
  },
  // Spark's own: a date of two digits each.
  {
    services: "spark.*",
    expressions: [`^\\d{2}/\\d{2}/\\d{2} \\d{2}:\\d{2}:\\d{2} ${LEVEL} `],
    begins: "^\\d{2}/\\d{2}/\\d{2} ",
  },
  // CloudNativePG writes PostgreSQL's records as JSON, with the server's severity inside; other lines are its own.
  {
    services: "postgres.*|cloudnative-pg",
    expressions: ['"level":"(?P<level>[a-z]+)"', '"error_severity":"(?P<level>[A-Z]+)"'],
  },
  { services: "minio", expressions: ['"level":"(?P<level>[A-Z]+)"', "^(?P<level>INFO|WARNING|ERROR|FATAL): "] },
];

/** What every other service writes: the first word that is a level, after a time or as a field. */
export const ANY: Omit<Format, "services"> = {
  expressions: [
    `(?:^|[\\s\\["=])(?P<level>trace|debug|info|warn|warning|error|fatal|panic|critical)(?:[\\s\\]",:]|$)`,
    `(?:^|\\s|\\[)${LEVEL}(?:[\\s\\]:]|$)`,
  ],
};

/** One word for each level, whatever an engine calls it. */
export const LEVELS: Readonly<Record<string, string>> = {
  LOG: "info",
  NOTICE: "info",
  WARNING: "warn",
  PANIC: "fatal",
  CRITICAL: "fatal",
};
