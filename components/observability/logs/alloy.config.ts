import { ANY, type Format, FORMATS, LEVELS, QUERY } from "./formats";

/** Alloy's configuration, in its own language. Pure. */

type Value = string | number | boolean | readonly Value[] | Raw | { readonly [key: string]: Value };

/** An expression that stands as it is. */
class Raw {
  constructor(readonly text: string) {}
}

const raw = (text: string) => new Raw(text);

/** A value as Alloy writes it: strings as in Go, and maps with `=`. */
function value(of: Value): string {
  if (of instanceof Raw) return of.text;
  if (Array.isArray(of)) return `[${of.map(value).join(", ")}]`;
  if (typeof of === "object") {
    const entries = Object.entries(of as Record<string, Value>).map(
      ([key, inner]) => `${quoted(key)} = ${value(inner)}`,
    );
    return `{ ${entries.join(", ")} }`;
  }
  return typeof of === "string" ? quoted(of) : String(of);
}

/** JSON's escapes are Go's, but for characters beyond ASCII, which both take as they are. */
const quoted = (text: string) => JSON.stringify(text);

interface Block {
  /** `loki.process "lines"` */
  readonly head: string;
  readonly body: readonly (Block | readonly [name: string, value: Value])[];
}

const block = (head: string, ...body: Block["body"]): Block => ({ head, body });

function write({ head, body }: Block, indent = ""): string {
  if (body.length === 0) return `${indent}${head} { }`;
  const inner = `${indent}\t`;
  const lines = body.map((part) => ("head" in part ? write(part, inner) : `${inner}${part[0]} = ${value(part[1])}`));
  return `${indent}${head} {\n${lines.join("\n")}\n${indent}}`;
}

const relabel = (target: string, sources: readonly string[], replacement?: string): Block =>
  block(
    "rule",
    ["source_labels", sources],
    ...(replacement === undefined
      ? []
      : ([
          ["separator", "/"],
          ["replacement", replacement],
        ] as const)),
    ["target_label", target],
  );

const META = "__meta_kubernetes_";

export interface AgentFacts {
  /** Namespaces of the stack. */
  readonly namespaces: readonly string[];
  /** URL at which lines are taken. */
  readonly push: string;
}

/**
 * Reads the files of the stack's containers on the agent's own node. Labels are few, as each combination is a stream: namespace, service,
 * pod, container, level. What differs from line to line is structured metadata.
 */
export function alloyConfig({ namespaces, push }: AgentFacts): string {
  const blocks = [
    block("logging", ["level", "warn"], ["format", "logfmt"]),
    block(
      'discovery.kubernetes "pods"',
      ["role", "pod"],
      block("namespaces", ["names", namespaces]),
      block("selectors", ["role", "pod"], ["field", raw('"spec.nodeName=" + sys.env("NODE_NAME")')]),
    ),
    block(
      'discovery.relabel "pods"',
      ["targets", raw("discovery.kubernetes.pods.targets")],
      relabel("namespace", [`${META}namespace`]),
      relabel("service", [`${META}pod_label_app_kubernetes_io_name`]),
      relabel("pod", [`${META}pod_name`]),
      relabel("container", [`${META}pod_container_name`]),
      relabel("__path__", [`${META}pod_uid`, `${META}pod_container_name`], "/var/log/pods/*$1/*.log"),
    ),
    block('local.file_match "pods"', ["path_targets", raw("discovery.relabel.pods.output")]),
    block(
      'loki.source.file "pods"',
      ["targets", raw("local.file_match.pods.targets")],
      ["forward_to", [raw("loki.process.lines.receiver")]],
    ),
    block(
      'loki.process "lines"',
      // The runtime's own: time, stream, whether the line goes on.
      block("stage.cri"),
      ...FORMATS.map((format) => match(`{service=~"${format.services}"}`, format)),
      match(`{service!~"${FORMATS.map(({ services }) => services).join("|")}"}`, ANY),
      block("stage.regex", ["expression", QUERY]),
      block("stage.template", ["source", "level"], ["template", levelTemplate()]),
      block("stage.labels", ["values", { level: "" }]),
      block("stage.structured_metadata", ["values", { query_id: "" }]),
      block("stage.label_drop", ["values", ["filename", "stream"]]),
      ["forward_to", [raw("loki.write.store.receiver")]],
    ),
    block('loki.write "store"', block("endpoint", ["url", push])),
  ];
  return `${blocks.map((one) => write(one)).join("\n\n")}\n`;
}

function match(selector: string, { expressions, begins }: Omit<Format, "services">): Block {
  return block(
    "stage.match",
    ["selector", selector],
    ...(begins === undefined ? [] : [block("stage.multiline", ["firstline", begins], ["max_wait_time", "3s"])]),
    ...expressions.map((expression) => block("stage.regex", ["expression", expression])),
  );
}

/** One word for each level; none where the line has none. */
function levelTemplate(): string {
  const cases = Object.entries(LEVELS).map(([word, level]) => `{{ else if eq $level ${quoted(word)} }}${level}`);
  return `{{ $level := ToUpper .Value }}{{ if eq $level "" }}unknown${cases.join("")}{{ else }}{{ ToLower .Value }}{{ end }}`;
}
