import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as text from "@grafana/grafana-foundation-sdk/text";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

import { json } from "../core/render";

/** Grafana's panels that the stack's dashboards consist of. */

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** Grafana's grid is 24 wide. */
const HALF = 12;
const FULL = 24;

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  /** A line that values should stay below. @default none */
  readonly limit?: number;
}

/** Markdown of a full row, as high as its lines. */
export interface Note {
  readonly title: string;
  readonly markdown: string;
}

export interface DashboardArgs {
  /** Subject of the dashboard: part of its UID, so it never changes. */
  readonly name: string;
  readonly title: string;
  /** @default none */
  readonly notes?: readonly Note[];
  readonly charts: readonly Chart[];
  /** Notes after the charts. @default none */
  readonly below?: readonly Note[];
}

/** UID of a dashboard: at most 40 characters. */
export const dashboardUid = (name: string) => (name === "lakehouse" ? name : `lakehouse-${name}`).slice(0, 40);

/** Grafana's JSON. The same arguments always give the same text. */
export function renderDashboard({ name, title, notes = [], charts, below = [] }: DashboardArgs): string {
  // The form that every Grafana reads from files; its successor is for Grafana 12 and later.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new dashboard.DashboardBuilder(title)
    .uid(dashboardUid(name))
    .tags(["lakehouse"])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new dashboard.DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"));
  const panels = [...notes.map(notePanel), ...charts.map(chartPanel), ...below.map(notePanel)];
  panels.forEach((panel, index) => builder.withPanel(panel.id(index + 1)));
  return json(builder.build());
}

function chartPanel({ title, unit, queries, limit }: Chart): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(DATASOURCE)
    .min(0)
    .fillOpacity(10)
    .span(HALF)
    .height(8);
  if (limit !== undefined) {
    panel
      .thresholds(
        new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
          { value: null, color: "green" },
          { value: limit, color: "red" },
        ]),
      )
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line));
  }
  queries.forEach(({ expr, legend }, index) =>
    panel.withTarget(
      new prometheus.DataqueryBuilder().refId(refId(index)).expr(expr).legendFormat(legend).datasource(DATASOURCE),
    ),
  );
  return panel;
}

function notePanel({ title, markdown }: Note): text.PanelBuilder {
  const lines = markdown.split("\n").length;
  return new text.PanelBuilder()
    .title(title)
    .mode(text.TextMode.Markdown)
    .content(markdown)
    .span(FULL)
    .height(Math.min(20, 3 + lines));
}

/** A, B … Z, A1, B1 … */
const refId = (index: number) =>
  String.fromCharCode(65 + (index % 26)) + (index < 26 ? "" : String(Math.floor(index / 26)));
