import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { archiveName, chartLockText, sha256 } from "../../components/core/chart-mirror";
import type { Chart, Pin } from "../../components/core/pins";
import { pins } from "../../components/pins";

/** The one object of a small chart: its name is the release's, its text the values that Helm gave to the chart, in JSON. */
const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
  namespace: {{ .Release.Namespace }}
data:
  values: {{ toJson .Values | quote }}
`;

/**
 * Fills the mirror of a program with a small chart of our own under the name and version of each pinned one, for machines that
 * reach no repository of charts: Pulumi's plugin and Helm do all that they do with upstream's, but for what is in the chart.
 */
export function mirrorSmallCharts(program: string): void {
  const mirror = join(program, "charts");
  mkdirSync(mirror, { recursive: true });
  const charts = Object.values(pins).flatMap(({ chart }: Pin) => (chart === undefined ? [] : [chart]));
  const sums = charts.map((pin) => [archiveName(pin), packed(pin, mirror)] as const);
  writeFileSync(join(program, "charts.lock.json"), chartLockText(Object.fromEntries(sums)));
}

/** Packs a small chart into the mirror. Gives its SHA-256 sum in hexadecimal digits. */
function packed(pin: Chart, mirror: string): string {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-chart-"));
  try {
    mkdirSync(join(folder, pin.chart, "templates"), { recursive: true });
    writeFileSync(
      join(folder, pin.chart, "Chart.yaml"),
      `apiVersion: v2\nname: ${pin.chart}\nversion: ${pin.version}\n`,
    );
    writeFileSync(join(folder, pin.chart, "templates", "values.yaml"), TEMPLATE);
    const archive = join(mirror, archiveName(pin));
    const { status, stderr } = spawnSync("tar", ["-czf", archive, "-C", folder, pin.chart], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return sha256(readFileSync(archive));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
