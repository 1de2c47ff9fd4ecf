import type { Contents, Packaging, SecretNote } from "./unit";

/** The Secrets that pods read, by name: who deploys with another tool makes them, as their values are in no file. */
export function secretsPage({ stack, secrets, externalSecrets }: Contents, packaging: Packaging): string {
  const folder = packaging === "helm" ? "k8s-manifests/external-secrets/" : "external-secrets/";
  const rows = secrets.map(
    ({ namespace, name, type, keys, sources }) =>
      `| ${namespace} | ${name} | ${[...keys].map(code).join(", ")}${type === "Opaque" ? "" : ` (type ${code(type)})`} | ${origin(sources)} |`,
  );
  return [
    `# Secrets of ${stack}`,
    "",
    `These files have no Secret. The pods of the stack read ${String(secrets.length)}, and wait for those that are missing. \`pulumi up\` generates their values and`,
    "keeps them encrypted in its state. With another tool you make them before the pods start:",
    "",
    ...example(secrets[0]),
    ...(externalSecrets.size === 0
      ? []
      : [
          `The External Secrets Operator makes all of them from a ClusterSecretStore named \`lakehouse\`: apply \`${folder}\`. Each Secret is one`,
          `entry of the store, \`lakehouse/${stack}/<namespace>/<name>\`, with a property for each key.`,
          "",
        ]),
    "Two Secrets that come from the same source have the same value.",
    "",
    "| namespace | name | keys | made from |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function example(first: SecretNote | undefined): string[] {
  if (first === undefined) return [];
  const { namespace, name, type, keys } = first;
  const flags = keys.map((key) => `--from-literal=${key}=…`).join(" ");
  const typed = type === "Opaque" ? "" : `--type=${type} `;
  return ["```sh", `kubectl -n ${namespace} create secret generic ${name} ${typed}${flags}`, "```", ""];
}

const code = (text: string) => `\`${text}\``;

function origin(sources: readonly string[]): string {
  if (sources.length === 0) return "settings";
  return [...new Set(sources.map(inWords))].join(", ");
}

/** Where a value comes from, by the kind of the resource. */
const WORDS: readonly (readonly [kind: RegExp, words: (name: string) => string])[] = [
  [/^random \S+ (.*)$/, (name) => `a password of your choice, ${code(name)}`],
  [/^minio Iam\S+ (.*)$/, (name) => `the keys of MinIO's user ${code(name)}`],
  [/^postgresql Role (.*)$/, (name) => `PostgreSQL's role ${code(name)}`],
];

function inWords(source: string): string {
  for (const [kind, words] of WORDS) {
    const name = kind.exec(source)?.[1];
    if (name !== undefined) return words(name);
  }
  return code(source);
}
