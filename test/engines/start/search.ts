import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import type { IndexRequest, SearchStore } from "../../../components/core/capabilities";
import type { Given } from "../../../components/core/given";
import type { Platform } from "../../../components/core/platform";
import { Service } from "../../../components/core/service";

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

export interface Clients {
  /** Whether flink is a client. @default true */
  readonly flink?: boolean;
  /** Rights of spark. @default writes logs- */
  readonly spark?: readonly IndexRequest[];
}

/** Makes spark, flink and an engine clients of the store of one kind. */
export function makeClients(
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
