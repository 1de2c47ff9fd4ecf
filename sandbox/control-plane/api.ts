import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

/** The fields that Kubernetes objects of all kinds have. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly uid?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
    readonly deletionTimestamp?: string;
  };
  readonly [field: string]: unknown;
}

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** An answer that is not a 2xx. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    what: string,
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${what}: ${String(status)} ${reason}`);
  }
}

export interface Access {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly token: string;
  /** CA certificate of the server, in PEM. */
  readonly ca: string;
}

/** One kind of object that the server knows. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

const groupPath = (apiVersion: string) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

/**
 * A client of the API server's REST API. No client library was found for CommonJS that does server-side apply of any kind with
 * strict field validation.
 */
export class Api {
  private readonly known = new Map<string, Promise<readonly Resource[]>>();

  constructor(
    readonly access: Access,
    private readonly headers: Readonly<Record<string, string | readonly string[]>> = {},
    private readonly agent = new Agent({ keepAlive: true, maxSockets: 16, ca: access.ca }),
  ) {}

  /** The same server as a service account (impersonation). */
  as(user: string, ...groups: string[]): Api {
    const headers = { "Impersonate-User": user, "Impersonate-Group": [...groups, "system:authenticated"] };
    return new Api(this.access, headers, this.agent);
  }

  asServiceAccount(namespace: string, name: string): Api {
    return this.as(
      `system:serviceaccount:${namespace}:${name}`,
      "system:serviceaccounts",
      `system:serviceaccounts:${namespace}`,
    );
  }

  /** One request; returns any answer. */
  async call<T>(method: string, path: string, body?: unknown, type = "application/json"): Promise<Answer<T>> {
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        Accept: "application/json",
        Authorization: `Bearer ${this.access.token}`,
        ...(text === undefined ? {} : { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }),
        ...(this.headers as Record<string, string>),
      };
      const sent = request(new URL(path, this.access.server), { method, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const content = Buffer.concat(chunks).toString("utf8");
          const json = response.headers["content-type"]?.includes("json") === true;
          resolve({ status: response.statusCode ?? 0, body: (json ? JSON.parse(content) : content) as T });
        });
        response.on("error", reject);
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // A kept-alive connection that the server closed at the moment of its reuse.
        if (sent.reusedSocket && ["ECONNRESET", "EPIPE"].includes(error.code ?? ""))
          resolve(this.call(method, path, body, type));
        else reject(error);
      });
      sent.end(text);
    });
  }

  /** One request that must succeed; temporary errors, such as those of a new kind, are retried. */
  async must<T>(method: string, path: string, body?: unknown, type?: string, patience = 30): Promise<T> {
    const answer = await this.call<T>(method, path, body, type);
    if (answer.status === 429 && patience > 0) {
      await sleep(500);
      return this.must(method, path, body, type, patience - 1);
    }
    if (answer.status < 200 || answer.status > 299) {
      const status = answer.body as { readonly message?: string } | string;
      const reason = typeof status === "string" ? status : (status.message ?? "");
      throw new ApiError(`${method} ${path.split("?")[0] ?? ""}`, answer.status, reason);
    }
    return answer.body;
  }

  /** Kinds of one group and version. */
  resources(apiVersion: string): Promise<readonly Resource[]> {
    let found = this.known.get(apiVersion);
    if (found === undefined) {
      found = this.must<ResourceList>("GET", groupPath(apiVersion)).then(({ resources }) =>
        resources
          .filter(({ name }) => !name.includes("/"))
          .map(({ name, kind, namespaced, verbs }) => ({ apiVersion, kind, plural: name, namespaced, verbs })),
      );
      this.known.set(apiVersion, found);
      // A missing group may be served later.
      found.catch(() => this.known.delete(apiVersion));
    }
    return found;
  }

  /** Forgets the known kinds: CRDs have been added since. */
  forgetKinds(): void {
    this.known.clear();
  }

  /** Every kind that the server knows, each in its preferred version. */
  async allResources(): Promise<Resource[]> {
    interface Groups {
      readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
    }
    const { groups } = await this.must<Groups>("GET", "/apis");
    const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    return (await Promise.all(versions.map((version) => this.resources(version)))).flat();
  }

  async path({
    apiVersion,
    kind,
    metadata,
  }: Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">): Promise<string> {
    const resource = (await this.resources(apiVersion)).find((each) => each.kind === kind);
    if (resource === undefined) throw new Error(`the API server knows no ${kind} in ${apiVersion}`);
    const within = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${groupPath(apiVersion)}${within}/${resource.plural}/${metadata.name}`;
  }

  /** Server-side apply; unknown fields are errors. A dry run returns the object as it would be. */
  async apply(object: KubernetesObject, manager = "lakehouse", { dryRun = false } = {}): Promise<KubernetesObject> {
    const query = `?fieldManager=${manager}&fieldValidation=Strict&force=true${dryRun ? "&dryRun=All" : ""}`;
    return this.must("PATCH", (await this.path(object)) + query, object, "application/apply-patch+yaml");
  }

  async create(object: KubernetesObject): Promise<KubernetesObject> {
    const path = await this.path(object);
    return this.must("POST", path.slice(0, path.lastIndexOf("/")), object);
  }

  /** Undefined when there is none. */
  async get(object: Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">): Promise<KubernetesObject | undefined> {
    const answer = await this.call<KubernetesObject>("GET", await this.path(object));
    return answer.status === 404 ? undefined : answer.body;
  }

  /** @param part a subresource, such as `status` */
  async patch(
    object: Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">,
    patch: unknown,
    part?: "status",
  ): Promise<void> {
    const path = await this.path(object);
    await this.must("PATCH", part === undefined ? path : `${path}/${part}`, patch, "application/merge-patch+json");
  }

  /** Deletes an object with its dependents; a missing object is no error. */
  async delete(object: Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">): Promise<void> {
    const path = `${await this.path(object)}?propagationPolicy=Background`;
    const answer = await this.call("DELETE", path);
    if (answer.status >= 300 && answer.status !== 404) await this.must("DELETE", path);
  }

  /** All objects of a kind, of all namespaces. */
  async list(apiVersion: string, plural: string, query = ""): Promise<KubernetesObject[]> {
    interface List {
      readonly kind: string;
      readonly items: readonly KubernetesObject[];
    }
    const { kind, items } = await this.must<List>("GET", `${groupPath(apiVersion)}/${plural}${query}`);
    return items.map((item) => ({ ...item, apiVersion, kind: kind.replace(/List$/, "") }));
  }

  close(): void {
    this.agent.destroy();
  }
}
