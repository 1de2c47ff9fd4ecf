import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ChartPin } from "./versions";

export interface ReleaseArgs {
  readonly chart: ChartPin;
  readonly namespace: string;
  /** Never a secret: one would turn the whole map secret. Credentials go by the name of a Secret. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A pinned Helm chart, used for operators. `Release` rather than `Chart`: it runs hooks, and plan, preview and update see
 * the same one resource whose values carry sizes and labels, with or without the repository at hand. Charts keep their
 * CRDs in `crds/`, which Helm installs once and never deletes: data outlives the release.
 */
export function release(name: string, args: ReleaseArgs, opts: pulumi.CustomResourceOptions): k8s.helm.v3.Release {
  const { chart, repository } = args.chart;
  // In a registry of images the repository is part of the chart's own address.
  const source = repository.startsWith("oci://")
    ? { chart: `${repository}/${chart}` }
    : { chart, repositoryOpts: { repo: repository } };
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
