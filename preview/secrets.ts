import type { Manifest } from "./manifests";

/**
 * Secrets as files. Their values are only in Pulumi's encrypted state, so a rendered Secret must not be applied: `[secret]` would
 * become everybody's password. For GitOps, an ExternalSecret beside it fetches the values from a secret store.
 */

export const EXTERNAL_SECRETS_FOLDER = "external-secrets";
/** Name of the ClusterSecretStore in ExternalSecrets. It must exist in the cluster. */
const STORE = "lakehouse";

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: unknown };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Comment at the top of the rendered file. */
export const NOT_APPLICABLE = [
  "Not to be applied: the values of this Secret are only in Pulumi's encrypted state. Every server refuses it,",
  "as [secret] is no base64. pulumi up makes the Secret; with GitOps the file in external-secrets/ does.",
];

/**
 * Moves a Secret's values to `data`. The API server rejects them there, because `[secret]` is not base64; in `stringData` it would
 * accept them. Other manifests stay as they are.
 */
export function unappliable(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest;
  const { stringData, data, ...rest } = manifest.content as Manifest["content"] & Secret;
  return { ...manifest, content: { ...rest, data: { ...data, ...stringData } } };
}

export function isSecret({ content, path }: Pick<Manifest, "content" | "path">): boolean {
  return content.kind === "Secret" && content.apiVersion === "v1" && path.startsWith("manifests/");
}

/** An ExternalSecret for each Secret, by path: the same keys, from one entry of the store. */
export function externalSecrets(stack: string, manifests: readonly Manifest[]): Map<string, object> {
  return new Map(
    manifests
      .filter(isSecret)
      .map(({ path, content }) => [externalPath(path), externalSecret(stack, content as never)]),
  );
}

/** `manifests/ns/secret-x.yaml` → `external-secrets/ns/externalsecret-x.yaml`. */
function externalPath(path: string): string {
  return path.replace(/^manifests\/([^/]+)\/secret-/, `${EXTERNAL_SECRETS_FOLDER}/$1/externalsecret-`);
}

function externalSecret(stack: string, { metadata, type, data = {}, stringData = {} }: Secret): object {
  const { name, namespace, labels } = metadata;
  const entry = `lakehouse/${stack}/${namespace}/${name}`;
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace, labels },
    spec: {
      refreshInterval: "1h0m0s",
      secretStoreRef: { kind: "ClusterSecretStore", name: STORE },
      // If the store loses an entry, running pods keep their password.
      target: {
        name,
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        template: { ...(type === undefined ? {} : { type }), metadata: { labels } },
      },
      data: Object.keys({ ...data, ...stringData })
        .sort()
        .map((key) => ({ secretKey: key, remoteRef: { key: entry, property: key } })),
    },
  };
}
