import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { archiveName, isMirrored, MIRROR } from "./chart-mirror";
import type { Chart } from "./pins";

export interface ReleaseArgs {
  readonly chart: Chart;
  readonly namespace: string;
  /** Without secret values: one would make the whole map secret. Charts take the name of a Secret instead. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A pinned Helm chart, used for operators. `Release` rather than `Chart`: it runs hooks, and plan, preview and update see the same one
 * resource whose values carry sizes and labels. The plan never reads the chart. Pulumi's plugin reads it at every preview and update, from
 * the mirror in `charts/` or else from its repository; without both a preview stops. CRDs outlive the release: docs/decisions/0004.
 */
export function release(name: string, args: ReleaseArgs, opts: pulumi.CustomResourceOptions): k8s.helm.v3.Release {
  const source = chartSource(args.chart, isMirrored(args.chart, MIRROR));
  return new k8s.helm.v3.Release(
    name,
    {
      name,
      ...source,
      version: args.chart.version,
      namespace: args.namespace,
      createNamespace: false,
      atomic: true,
      cleanupOnFail: true,
      timeout: 600,
      values: args.values as Record<string, never>,
    },
    opts,
  );
}

/** Where the plugin reads a chart. The path in the mirror is relative to the project, so it is the same on every machine. */
export function chartSource(pin: Chart, fromMirror: boolean): { chart: string; repositoryOpts?: { repo: string } } {
  const { chart, repository } = pin;
  if (fromMirror) return { chart: `./charts/${archiveName(pin)}` };
  // In a registry of images the repository is part of the chart's own address.
  if (repository.startsWith("oci://")) return { chart: `${repository}/${chart}` };
  return { chart, repositoryOpts: { repo: repository } };
}
