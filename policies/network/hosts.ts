/** A host of the cluster that a text names. */
export interface HostReference {
  readonly service: string;
  /** Undefined for a bare name, which means the reader's own namespace. */
  readonly namespace: string | undefined;
  /** As written, or as the scheme implies. */
  readonly port: number | undefined;
  /** As written, with its port. */
  readonly host: string;
}

const NAME = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
/** `name.namespace.svc`, optionally with the cluster's domain and a port. */
const FULL = new RegExp(`\\b(${NAME})\\.(${NAME})\\.svc\\b(?:\\.[a-z0-9-]+)*(?::(\\d+))?`, "g");
/** The scheme of a URL, in the text before its host. A user or a pod's name may stand between. */
const SCHEME = /([a-z][a-z0-9+.-]*):\/\/[^\s"'<>,;/]*$/;
/** `scheme://name:port` and `scheme://name.namespace:port`. They count only if such a Service exists. */
const SHORT = new RegExp(
  `([a-z][a-z0-9+.-]*)://(?:[^\\s/@"']*@)?(${NAME})(?:\\.(${NAME}))?(?::(\\d+))?(?=[/?\\s"',;<]|$)`,
  "g",
);

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Every host of the cluster in a text, each once. Comment lines are skipped. */
export function hostsIn(text: string): HostReference[] {
  if (!text.includes(".svc") && !text.includes("://")) return [];
  const found = new Map<string, HostReference>();
  for (const line of text.split("\n")) {
    if (isComment(line)) continue;
    for (const match of line.includes(".svc") ? line.matchAll(FULL) : []) {
      const [, service = "", namespace = "", port] = match;
      const scheme = SCHEME.exec(line.slice(Math.max(0, match.index - 200), match.index))?.[1];
      add(found, { service, namespace, port: portOf(port, scheme), host: show(`${service}.${namespace}.svc`, port) });
    }
    if (!line.includes("://")) continue;
    for (const [, scheme, service = "", namespace, port] of line.matchAll(SHORT)) {
      const host = show(namespace === undefined ? service : `${service}.${namespace}`, port);
      add(found, { service, namespace, port: portOf(port, scheme), host });
    }
  }
  return [...found.values()];
}

export function isComment(line: string): boolean {
  return /^\s*(#|\/\/|<!--)/.test(line);
}

function add(found: Map<string, HostReference>, reference: HostReference): void {
  found.set(reference.host, reference);
}

function portOf(port: string | undefined, scheme: string | undefined): number | undefined {
  return port === undefined ? PORTS[scheme ?? ""] : Number(port);
}

function show(host: string, port: string | undefined): string {
  return port === undefined ? host : `${host}:${port}`;
}

/**
 * Whether a text is a Kubernetes manifest (YAML or JSON). Its pods may run in any namespace, and who reads it connects to nothing that it
 * names.
 */
export function isManifest(text: string): boolean {
  return ["apiVersion", "kind"].every((key) => new RegExp(`(?:^|[{,])\\s*"?${key}"?\\s*:`, "m").test(text));
}
