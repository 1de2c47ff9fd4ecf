import { stringify } from "yaml";

import type { Recorded } from "./recorder";

/** A file of `out/<stack>/`: the object in it, and the resource that it comes from. */
export interface Manifest {
  /** Relative to `out/<stack>/`, such as `manifests/lakehouse-query/deployment-trino-worker.yaml`. */
  readonly path: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly urn: string;
}

/**
 * One file for each resource: Kubernetes objects under `manifests/<namespace>/`, Helm releases under `releases/`, resources of
 * other providers (buckets, users, databases) under `resources/`.
 */
export function manifests(resources: readonly Recorded[]): Manifest[] {
  return resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map((resource) => ({ urn: resource.urn, ...place(resource) }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function place({ type, name, inputs }: Recorded): Pick<Manifest, "path" | "content"> {
  const [provider = "", , kind = ""] = type.split(":");
  if (type === "kubernetes:helm.sh/v3:Release") {
    return { path: `releases/${String(inputs.namespace)}/${name}.yaml`, content: inputs };
  }
  if (provider !== "kubernetes") {
    return { path: `resources/${provider}/${kind.toLowerCase()}-${name}.yaml`, content: { type, name, ...inputs } };
  }
  // A NodePatch is a server-side apply of some fields of a Node.
  const {
    apiVersion,
    kind: declared,
    metadata,
    ...rest
  } = inputs as { apiVersion: string; kind: string; metadata: Metadata };
  const object = { apiVersion, kind: declared.replace(/Patch$/, ""), metadata, ...rest };
  const folder = metadata.namespace ?? "_cluster";
  return { path: `manifests/${folder}/${object.kind.toLowerCase()}-${metadata.name}.yaml`, content: object };
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
}

/**
 * The object as YAML. Long lines are not wrapped, so that a change of one word changes one line. Strings that YAML 1.1 reads as
 * another type are quoted, because Kubernetes' tools use YAML 1.1, where `off` is false.
 * @param comment lines above it
 */
export function toYaml(content: unknown, comment: readonly string[] = []): string {
  const lines = comment.map((line) => `# ${line}\n`).join("");
  return lines + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });
}

/** Name of a resource in plans: `lakehouse-query/deployment-trino-worker`. */
export function shortName(path: string): string {
  return path.replace(/^manifests\//, "").replace(/\.yaml$/, "");
}
