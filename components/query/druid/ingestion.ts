import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { TopicAccess } from "../../core/capabilities";
import { fingerprint } from "../../core/fingerprint";
import { PROJECT } from "../../core/project";
import { fillTemplate } from "../../core/render";
import { VARIABLES } from "./config";
import type { DruidSettings } from "./settings";

/** What is taken in: specifications as Druid's API takes them, from `pipelines/druid`. Pure but for reading those. */

type Stream = DruidSettings["streams"][number];
type Batch = DruidSettings["batches"][number];

export const SPECS_DIRECTORY = "/opt/lakehouse/specs";

const template = (kind: "stream" | "batch") =>
  readFileSync(join(PROJECT, "pipelines", "druid", `${kind}.json`), "utf8");

/** Content of a string in JSON. */
const content = (value: string) => JSON.stringify(value).slice(1, -1);

const fill = (kind: "stream" | "batch", values: Readonly<Record<string, string>>): string =>
  fillTemplate(`pipelines/druid/${kind}.json`, template(kind), values, content);

/** The password is in no specification, which the metadata store keeps: Kafka's client is told a variable of the pods. */
export function streamSpec({ topic, rollup, ...own }: Stream, access: TopicAccess): string {
  const { bootstrap, securityProtocol, mechanism } = access;
  const values = { ...own, topic, bootstrap, securityProtocol, mechanism, jaasVariable: VARIABLES.kafka };
  return rolledUp(fill("stream", values), rollup);
}

/**
 * A batch has a name that follows from what it says, so that one that was done is known.
 * @param bucket its real name
 */
export function batchSpec(own: Batch, bucket: string): string {
  const said = fingerprint(JSON.stringify([template("batch"), own, bucket]));
  const { rollup, ...values } = own;
  return rolledUp(fill("batch", { ...values, bucket, id: `${own.dataSource}-${said.slice(0, 12)}` }), rollup);
}

interface Specification {
  readonly spec: { readonly dataSchema: { readonly granularitySpec: Readonly<Record<string, unknown>> } };
}

/** Column with the number of records that a row stands for. */
export const ROWS = "rows";

/** A specification whose records become one row for each combination of fields in each time. */
function rolledUp(text: string, rollup: Batch["rollup"]): string {
  if (rollup === undefined) return text;
  const { spec, ...rest } = JSON.parse(text) as Specification;
  const dataSchema = {
    ...spec.dataSchema,
    dimensionsSpec: { dimensions: rollup.by },
    metricsSpec: [
      { type: "count", name: ROWS },
      ...rollup.sum.map((field) => ({ type: "doubleSum", name: field, fieldName: field })),
    ],
    granularitySpec: { ...spec.dataSchema.granularitySpec, queryGranularity: rollup.every, rollup: true },
  };
  return `${JSON.stringify({ ...rest, spec: { ...spec, dataSchema } }, null, 2)}\n`;
}

export const dataSources = ({ streams, batches }: DruidSettings): string[] =>
  [...streams, ...batches].map(({ dataSource }) => dataSource);

/** Files of all specifications; what is sent where is in their names. */
export function specFiles(
  { streams, batches }: DruidSettings,
  kafka: TopicAccess | undefined,
  buckets: Readonly<Record<Batch["bucket"], string>>,
): Record<string, string> {
  const running =
    kafka === undefined ? [] : streams.map((one) => [`${one.dataSource}.stream.json`, streamSpec(one, kafka)]);
  const once = batches.map((one) => [`${one.dataSource}.batch.json`, batchSpec(one, buckets[one.bucket])]);
  return Object.fromEntries([...running, ...once]) as Record<string, string>;
}

/** Tries of one batch in all: what fails three times fails by what it says. */
const TRIES = 3;

/**
 * Hands every specification over: a stream's is that of its supervisor from then on, a batch's is waited for, and one that was done
 * before is passed over. Where Druid does not answer, or does not know the user yet, it is asked again until the task's own deadline;
 * what it refuses ends the task at once.
 * @param router URL of Druid's router
 */
export function ingestionScript(router: string): string {
  return [
    // Method and path; the body on standard input. Tells the code; the text is in a file.
    "ask() {",
    "  curl --silent --show-error --max-time 30 --config /dev/fd/3 --request \"$1\" --output /tmp/answer --write-out '%{http_code}' \\",
    `    --header 'Content-Type: application/json' --data-binary @- "${router}/druid/indexer/v1/$2" 3<<CONFIG`,
    'user = "$DRUID_USER:$DRUID_PASSWORD"',
    "CONFIG",
    "}",
    // A file, and where it goes; the specification on standard input.
    "hand_over() {",
    '  code="$(ask POST "$2")" || code=none',
    '  case "$code" in',
    '    200) echo "$1: taken" ;;',
    '    400) echo "$1: refused: $(cat /tmp/answer)" >&2; return 1 ;;',
    '    *) echo "$1: answered $code, asked again" >&2; sleep 5; return 1 ;;',
    "  esac",
    "}",
    "state() {",
    '  code="$(ask GET "task/$1/status" </dev/null)" || code=none',
    '  case "$code $(cat /tmp/answer)" in',
    "    404*) echo unknown ;;",
    "    200*'\"SUCCESS\"'*) echo done ;;",
    "    200*'\"FAILED\"'*) echo failed ;;",
    "    *) echo running ;;",
    "  esac",
    "}",
    // A file, the name in it, the name of this try: whether it is done.
    "take() {",
    "  while :; do",
    '    case "$(state "$3")" in',
    '      done) echo "$3: done"; return 0 ;;',
    '      failed) echo "$3: failed: $(cat /tmp/answer)" >&2; return 1 ;;',
    String.raw`      unknown) sed "s/\"id\": \"$2\"/\"id\": \"$3\"/" "$1" >/tmp/spec; hand_over "$3" task </tmp/spec || [ "$code" != 400 ] || exit 1 ;;`,
    "    esac",
    "    sleep 2",
    "  done",
    "}",
    `cd ${SPECS_DIRECTORY}`,
    "for spec in *.stream.json; do",
    '  [ -e "$spec" ] || continue',
    '  until hand_over "$spec" supervisor <"$spec"; do [ "$code" != 400 ] || exit 1; done',
    "done",
    "for spec in *.batch.json; do",
    '  [ -e "$spec" ] || continue',
    `  id="$(sed -n 's/^ *"id": "\\([^"]*\\)".*/\\1/p' "$spec")"`,
    "  try=1",
    '  until take "$spec" "$id" "$id-$try"; do',
    "    try=$((try + 1))",
    `    [ "$try" -le ${String(TRIES)} ] || exit 1`,
    "  done",
    "done",
  ].join("\n");
}
