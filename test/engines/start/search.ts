import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import type { IndexRequest, SearchStore } from "../../../components/core/capabilities";
import type { Given } from "../../../components/core/given";
import type { Platform } from "../../../components/core/platform";
import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { Rendered } from "../../../sandbox/engines/rendered";
import { Service } from "../../../components/core/service";
import { until } from "../../../sandbox/core/until";
import type { Answer, SearchNodes } from "../../../sandbox/engines/search/nodes";

/** Clients of a search store, and their records: the same for OpenSearch and Elasticsearch. */

class Client extends Service {
  constructor(service: string, platform: Platform, search: SearchStore, access: readonly IndexRequest[]) {
    super("test:Client", service, { namespace: platform.namespace("query"), pods: [] });
    this.use(search.grant(this, access));
    this.registerOutputs();
  }
}

/** The engine that reads the indices that the settings open. */
class Engine extends Service {
  constructor(platform: Platform, source: { grant(client: Service): unknown }) {
    super("test:Engine", "trino", { namespace: platform.namespace("query"), pods: [] });
    source.grant(this);
    this.registerOutputs();
  }
}

interface Clients {
  /** Whether flink is a client. @default true */
  readonly flink?: boolean;
  /** Rights of spark. @default writes logs- */
  readonly spark?: readonly IndexRequest[];
}

/** Makes spark, flink and an engine clients of the store of one kind. */
function makeClients(
  platform: Platform,
  { search: [search] = [], source: sources = [] }: Given,
  kind: "opensearch" | "elasticsearch",
  { flink = true, spark = [{ prefix: "logs-", level: "write" }] }: Clients,
): void {
  assert.ok(search, "nothing gives a search store");
  new Client("spark", platform, search, spark);
  if (flink) new Client("flink", platform, search, [{ prefix: "catalog_", level: "own" }]);
  new Engine(platform, sources.find((source) => source.kind === kind) ?? assert.fail("no source"));
}

interface StackArgs {
  /** Settings of the store besides its nodes and a reader. */
  readonly own?: object;
  /** More sections of settings. */
  readonly more?: object;
}

export interface Choice extends Clients {
  /** Generations of spark's credentials. */
  readonly credentials?: object;
}

/** Renders the storage layer alone: three nodes of a store, an object store, and clients of the indices. */
export const searchStack =
  (kind: "opensearch" | "elasticsearch", { own = {}, more = {} }: StackArgs) =>
  ({ credentials = {}, ...clients }: Choice = {}): Promise<Rendered> =>
    Rendered.of("dev", secret, undefined, () => {
      const settings = settingsFrom({
        nodes: ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
        pools: { all: { default: true } },
        cluster: { certManager: true },
        credentials: { spark: credentials },
        ...more,
        storage: {
          objects: { kind: "minio", server: { replicas: 1 }, admin: { host: "s3.example.org", port: 443 } },
          [kind]: {
            enabled: true,
            data: { replicas: 3, memory: "1280Mi" },
            users: [{ name: "grace", indices: ["logs-"] }],
            ...own,
          },
        },
      });
      const stack = describeStack(settings);
      const { gives } = new Storage("storage", { stack });
      makeClients(stack.platform, gives, kind, clients);
      stack.completeGrants([]);
    });

/** A password of letters and digits like the generated ones: OpenSearch refuses passwords that resemble the user's name. */
export const secret = (resource: string) =>
  `secret0of0${createHash("sha256").update(resource).digest("hex").slice(0, 30)}`;

export const record = (number: number) => ({
  "@timestamp": new Date(1_700_000_000_000 + number).toISOString(),
  number,
  "message": "a shop sells",
});

/** A bulk request that creates records. */
export const records = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `{"create":{}}\n${JSON.stringify(record(from + at))}\n`).join("");

/** Body of a successful answer. */
export async function done(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  assert.ok(status < 300, `${String(status)} ${body}`);
  return body;
}

/** Requests of a test to nodes that it makes later. @param administrator Secret of the stack's own user */
export const requests = (nodes: () => SearchNodes, administrator: string) => {
  const admin = (method: string, path: string, body?: unknown, number = 0) =>
    nodes().requestAs(administrator, method, path, body, number);
  return {
    admin,
    /** Status of a request as the user in a Secret. */
    code: async (secret: string, method: string, path: string, body?: unknown): Promise<number> =>
      (await nodes().requestAs(secret, method, path, body)).status,
    /** Records of the shop that a node counts for a user. */
    count: async (secret = administrator, number = 0): Promise<number> => {
      await admin("POST", "/logs-shop/_refresh", undefined, number);
      const body = await done(nodes().requestAs(secret, "GET", "/logs-shop/_count", undefined, number));
      return (JSON.parse(body) as { count: number }).count;
    },
    /** Waits until every shard has its copies, by what a node knows. */
    green: (number = 0) =>
      until("every shard has its copies", async () =>
        (await admin("GET", "/_cluster/health?wait_for_status=green&timeout=5s", undefined, number)).body.includes(
          '"status":"green"',
        ),
      ),
    /** Sends what Trino's connector asks of indices that the user may read. @param hidden an index that it may not */
    asTrino: async (secret: string, hidden?: string): Promise<void> => {
      const trino = (method: string, path: string, body?: unknown) =>
        done(nodes().requestAs(secret, method, path, body));
      await trino("GET", "/_nodes/http");
      const names = await trino("GET", "/_cat/indices?h=index,docs.count,docs.deleted&format=json&s=index:asc");
      assert.match(names, /logs-shop/);
      if (hidden !== undefined) assert.doesNotMatch(names, new RegExp(hidden));
      await trino("GET", "/_aliases");
      assert.match(await trino("GET", "/logs-shop/_search_shards"), /"primary":true/);
      assert.match(await trino("GET", "/logs-shop/_mappings"), /"message"/);
      const page = JSON.parse(
        await trino("POST", "/logs-shop/_search?scroll=1m&size=10", { query: { match_all: {} } }),
      ) as { _scroll_id: string };
      await trino("POST", "/_search/scroll", { scroll: "1m", scroll_id: page._scroll_id });
      await trino("DELETE", "/_search/scroll", { scroll_id: [page._scroll_id] });
    },
  };
};
