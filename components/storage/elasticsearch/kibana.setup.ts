import { createHash } from "node:crypto";

import type { ElasticsearchSettings } from "./settings";
import { REQUESTS } from "./setup";

/** Kibana's spaces and saved dashboards, created by HTTP requests. Pure. */

export const OBJECTS_DIRECTORY = "/opt/lakehouse/objects";
export const SPACES_FILE = "spaces";
const ENDING = ".ndjson";

type Index = ElasticsearchSettings["indices"][number];

/** An identifier that is the same at each run: what was imported before is replaced. */
const id = (index: Index, what: string) =>
  createHash("sha256")
    .update(`${index.name} ${what}`)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

const SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index";
const searchSource = JSON.stringify({ query: { language: "kuery", query: "" }, filter: [], indexRefName: SOURCE });
const meta = { kibanaSavedObjectMeta: { searchSourceJSON: searchSource } };

/**
 * Saved objects of one index: a data view, its newest records, their number over time, and a dashboard of both. They have the form of
 * Kibana 7.17, whose migrations each later version runs at import.
 */
export function savedObjects(index: Index): object[] {
  const [view, search, chart, dashboard] = ["view", "search", "chart", "dashboard"].map((what) => id(index, what));
  const reference = { name: SOURCE, type: "index-pattern", id: view };
  const title = `${index.name}: records over time`;
  const panel = (at: number, type: string, y: number, h: number) => ({
    version: "7.17.0",
    type,
    gridData: { x: 0, y, w: 48, h, i: String(at) },
    panelIndex: String(at),
    embeddableConfig: {},
    panelRefName: `panel_${String(at)}`,
  });
  return [
    {
      type: "index-pattern",
      id: view,
      attributes: { title: `${index.name}-*`, timeFieldName: "@timestamp" },
      references: [],
    },
    {
      type: "search",
      id: search,
      attributes: {
        title: `${index.name}: records`,
        description: "",
        columns: ["message"],
        sort: [["@timestamp", "desc"]],
        ...meta,
      },
      references: [reference],
    },
    {
      type: "visualization",
      id: chart,
      attributes: { title, description: "", uiStateJSON: "{}", version: 1, visState: histogram(title), ...meta },
      references: [reference],
    },
    {
      type: "dashboard",
      id: dashboard,
      attributes: {
        title: index.name,
        description: "Made by the stack: changes are replaced at the next update.",
        timeRestore: true,
        timeFrom: "now-24h",
        timeTo: "now",
        optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
        panelsJSON: JSON.stringify([panel(0, "visualization", 0, 12), panel(1, "search", 12, 24)]),
        kibanaSavedObjectMeta: {
          searchSourceJSON: JSON.stringify({ query: { language: "kuery", query: "" }, filter: [] }),
        },
      },
      references: [
        { name: "panel_0", type: "visualization", id: chart },
        { name: "panel_1", type: "search", id: search },
      ],
    },
  ];
}

const histogram = (title: string): string =>
  JSON.stringify({
    title,
    type: "histogram",
    aggs: [
      { id: "1", enabled: true, type: "count", schema: "metric", params: {} },
      {
        id: "2",
        enabled: true,
        type: "date_histogram",
        schema: "segment",
        params: { field: "@timestamp", interval: "auto", min_doc_count: 1, extended_bounds: {} },
      },
    ],
    params: { type: "histogram", addTooltip: true, addLegend: false },
  });

/** Files of the setup: names of spaces, and saved objects of each index. */
export function objectFiles({ indices, kibana }: ElasticsearchSettings): Record<string, string> {
  const lines = (objects: object[]) => objects.map((each) => `${JSON.stringify(each)}\n`).join("");
  return {
    [SPACES_FILE]: kibana.spaces.map((space) => `${space}\n`).join(""),
    ...Object.fromEntries(indices.map((index) => [`${index.name}${ENDING}`, lines(savedObjects(index))])),
  };
}

/** Creates each space and imports the saved objects into it. Spaces and objects that people made stay. */
export function kibanaScript(): string {
  return [
    ...REQUESTS,
    "kibana() {",
    '  method="$1" path="$2"',
    "  shift 2",
    '  ask "$method" "$KIBANA_URL$path" "$@" --header "kbn-xsrf: lakehouse"',
    "}",
    'until [ "$(kibana GET /api/spaces/space "")" = 200 ]; do',
    '  echo "waits for Kibana" >&2',
    "  sleep 5",
    "done",
    "expect() {",
    '  [ "$2" = 200 ] || { echo "$1: $2 $(cat /tmp/answer)" >&2; exit 1; }',
    '  echo "$1"',
    "}",
    "while read -r space; do",
    '  case "$(kibana GET "/api/spaces/space/$space" "")" in',
    "    200) ;;",
    `    404) expect "makes space $space" "$(kibana POST /api/spaces/space "{\\"id\\":\\"$space\\",\\"name\\":\\"$space\\"}")" ;;`,
    '    *) echo "space $space: $(cat /tmp/answer)" >&2; exit 1 ;;',
    "  esac",
    `  for objects in ${OBJECTS_DIRECTORY}/*${ENDING}; do`,
    '    [ -e "$objects" ] || continue',
    '    expect "imports $objects into $space" \\',
    '      "$(kibana POST "/s/$space/api/saved_objects/_import?overwrite=true" "" --form "file=@$objects")"',
    `    grep -q '"success":true' /tmp/answer || { cat /tmp/answer >&2; exit 1; }`,
    "  done",
    `done < ${OBJECTS_DIRECTORY}/${SPACES_FILE}`,
  ].join("\n");
}
