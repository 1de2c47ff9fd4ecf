import { ANY, type Format, FORMATS, LEVELS, QUERY } from "./formats";

/** Configuration of OpenTelemetry's collector as an agent, which writes to a search store. Pure. */

/** Where the node has the files of its containers. */
export const FILES = "/var/log/pods";
/** How far each file was read, and entries that the store has not taken yet. It is on the node, so that the next pod goes on there. */
export const STATE = "/var/lib/lakehouse/log-collector";
/** The data stream of all entries; the right to write there is on its prefix. */
export const PREFIX = "logs-stack-";
export const STREAM = `${PREFIX}pods`;
/** Beginning of the names for which the search systems have a template and a retention. */
export const INDEX = "logs";

export const HEALTH_PORT = 13_133;
export const COLLECTOR_METRICS = { portName: "metrics", port: 8888 } as const;
export const KEYS = { user: "STORE_USER", password: "STORE_PASSWORD" } as const;

const MIB = 1024 * 1024;
/** Entries that wait on the node's disk while the store does not take them, in bytes; then files wait, as long as kubelet keeps them. */
export const QUEUE_SIZE = 512 * MIB;

export type SearchKind = "opensearch" | "elasticsearch";

export interface CollectorFacts {
  readonly kind: SearchKind;
  /** URL of the store. */
  readonly store: string;
  /** Namespaces of the stack. */
  readonly namespaces: readonly string[];
  /** Namespace of the agent, whose own entries about a store that is away would fill its queue. */
  readonly own: string;
  /** Names of services, by which names of pods begin. */
  readonly services: readonly string[];
}

type Operator = Readonly<Record<string, unknown>>;

/** An environment variable of the agent; in any other text `$` is written twice. */
const variable = (name: string) => `\${env:${name}}`;
const literal = (text: string) => text.replaceAll("$", "$$$$");
/** A text in the language of conditions. */
const quoted = (text: string) => JSON.stringify(text);

const MESSAGE = "body.message";

/** Entries that do not match go on as they are. */
const found = (regex: string, more: object = {}): Operator => ({
  type: "regex_parser",
  regex: literal(regex),
  parse_from: MESSAGE,
  parse_to: "body",
  on_error: "send_quiet",
  ...more,
});

/** Steps of one format, from its first to `levels`, which is common to all. */
function steps(id: string, { expressions, begins }: Omit<Format, "services">): Operator[] {
  const whole: Operator[] =
    begins === undefined
      ? []
      : [
          {
            type: "recombine",
            combine_field: MESSAGE,
            is_first_entry: literal(`${MESSAGE} matches ${quoted(begins)}`),
            source_identifier: 'attributes["log.file.path"]',
            // Time and all else are of the first line; an entry ends when the next begins, or nothing comes for a while.
            overwrite_with: "oldest",
            force_flush_period: "3s",
            max_unmatched_batch_size: 1,
            max_log_size: MIB,
          },
        ];
  const parts = [...whole, ...expressions.map((expression) => found(expression))];
  return parts.map((part, at) => ({
    ...part,
    id: at === 0 ? id : `${id}-${String(at)}`,
    output: at === parts.length - 1 ? "query" : `${id}-${String(at + 1)}`,
  }));
}

/** The service of a pod, by what its name begins with: the longest name of a service of the stack, else the pod's own. */
function serviceSteps(services: readonly string[]): Operator[] {
  const longest = services.toSorted((one, other) => other.length - one.length || one.localeCompare(other));
  const missing = "body.service == nil";
  return [
    // Pods of Spark's applications have names of their users' choice.
    {
      type: "add",
      field: "body.service",
      value: "spark",
      if: `body.container startsWith ${quoted("spark-kubernetes-")}`,
    },
    ...(longest.length === 0
      ? []
      : [found(`^(?P<service>${longest.join("|")})(?:-|$)`, { parse_from: "body.pod", if: missing })]),
    { type: "add", field: "body.service", value: "EXPR(body.pod)", if: missing },
  ];
}

/** One word for each level, whatever an engine calls it; `unknown` for lines that name none. */
function levelStep(): Operator {
  const words = Object.entries(LEVELS).map(([word, level]) => `${quoted(word)}: ${quoted(level)}`);
  const word = `({${words.join(", ")}}[upper(body.level)] ?? lower(body.level))`;
  return { type: "add", field: "body.level", value: `EXPR(body.level == nil ? "unknown" : ${word})` };
}

/** From a line of a file to an entry whose body is the store's document. Names of fields are those of Loki's labels. */
function operators(services: readonly string[]): Operator[] {
  const formats = FORMATS.map((format, at) => ({ id: `format-${String(at)}`, format }));
  const path = (part: string) => `resource["k8s.${part}.name"]`;
  return [
    // The runtime's own: time, stream, whether the line goes on. Namespace, pod and container are in the path, so no API is asked.
    { type: "container", add_metadata_from_filepath: true },
    { type: "move", from: "body", to: MESSAGE },
    { type: "move", from: path("namespace"), to: "body.namespace" },
    { type: "move", from: path("pod"), to: "body.pod" },
    { type: "move", from: path("container"), to: "body.container" },
    { type: "add", field: "body.node", value: variable("NODE_NAME") },
    {
      type: "add",
      field: 'body["@timestamp"]',
      value: 'EXPR(timestamp.UTC().Format("2006-01-02T15:04:05.000000000Z"))',
    },
    ...serviceSteps(services),
    {
      type: "router",
      routes: formats.map(({ id, format }) => ({
        expr: literal(`body.service matches ${quoted(`^(?:${format.services})$`)}`),
        output: id,
      })),
      default: "any",
    },
    ...formats.flatMap(({ id, format }) => steps(id, format)),
    ...steps("any", ANY),
    { ...found(QUERY), id: "query" },
    levelStep(),
  ];
}

/** Tried until the store takes it; what it refuses is dropped, and an alert says so. */
const RETRY = { enabled: true, initial_interval: "1s", max_interval: "30s" } as const;

const QUEUE = {
  enabled: true,
  storage: "file_storage",
  sizer: "bytes",
  queue_size: QUEUE_SIZE,
  // Files wait then: reading stops, and no entry is thrown away.
  block_on_overflow: true,
  num_consumers: 2,
  batch: { flush_timeout: "2s", sizer: "bytes", min_size: MIB, max_size: 4 * MIB },
} as const;

function exporter({ kind, store }: CollectorFacts): object {
  // The body is the document, as it is.
  const common = { logs_index: STREAM, mapping: { mode: "bodymap" }, sending_queue: QUEUE };
  if (kind === "opensearch")
    return {
      ...common,
      http: { endpoint: store, timeout: "60s", auth: { authenticator: "basicauth" } },
      retry_on_failure: { ...RETRY, max_elapsed_time: "0s" },
    };
  return {
    ...common,
    endpoint: store,
    timeout: "60s",
    user: variable(KEYS.user),
    password: variable(KEYS.password),
    // It counts attempts; so many are years.
    retry: { ...RETRY, max_retries: 10_000_000, retry_on_status: [429, 500, 502, 503, 504] },
  };
}

/** Metrics have the names that upstream's documents give them: no `_total`, and no units. */
const NAMES = { without_type_suffix: true, without_units: true, without_scope_info: true } as const;

/** The whole configuration, as data. */
export function collectorConfig(facts: CollectorFacts): Record<string, unknown> {
  const { kind, namespaces, own, services } = facts;
  const login = { username: variable(KEYS.user), password: variable(KEYS.password) };
  const address = variable("MY_POD_IP");
  return {
    extensions: {
      health_check: { endpoint: `${address}:${String(HEALTH_PORT)}` },
      file_storage: {
        directory: STATE,
        create_directory: true,
        fsync: false,
        timeout: "10s",
        // A queue that was long leaves a file that is large.
        compaction: { on_start: true, on_rebound: true, directory: STATE, rebound_needed_threshold_mib: 64 },
      },
      ...(kind === "opensearch" ? { basicauth: { client_auth: login } } : {}),
    },
    receivers: {
      file_log: {
        include: namespaces.map((namespace) => `${FILES}/${namespace}_*/*/*.log`),
        exclude: [`${FILES}/${own}_log-collector-*/*/*.log`],
        start_at: "beginning",
        include_file_path: true,
        include_file_name: false,
        storage: "file_storage",
        retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
        max_log_size: "1MiB",
        operators: operators(services),
      },
    },
    processors: { memory_limiter: { check_interval: "1s", limit_percentage: 75, spike_limit_percentage: 20 } },
    exporters: { [kind]: exporter(facts) },
    service: {
      extensions: ["health_check", "file_storage", ...(kind === "opensearch" ? ["basicauth"] : [])],
      telemetry: {
        logs: { level: "warn", encoding: "json" },
        metrics: {
          level: "normal",
          readers: [{ pull: { exporter: { prometheus: { host: address, port: COLLECTOR_METRICS.port, ...NAMES } } } }],
        },
      },
      pipelines: { logs: { receivers: ["file_log"], processors: ["memory_limiter"], exporters: [kind] } },
    },
  };
}
