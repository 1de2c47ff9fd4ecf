import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE } from "../../core/until";

type Row = readonly unknown[];

interface Page {
  readonly nextUri?: string;
  readonly id: string;
  readonly data?: readonly Row[];
  readonly error?: { readonly message: string; readonly errorName: string };
}

export class QueryError extends Error {
  constructor(
    readonly errorName: string,
    message: string,
  ) {
    super(`${errorName}: ${message}`);
  }
}

export interface QueryOptions {
  readonly user?: string;
  readonly source?: string;
  readonly session?: Readonly<Record<string, string>>;
  /** Told the query's id once it is accepted. */
  readonly accepted?: (id: string) => void;
}

/** Trino's own protocol: a statement, and pages until there is no next one. */
export class TrinoClient {
  constructor(private readonly address: string) {}

  async rows(sql: string, options: QueryOptions = {}): Promise<Row[]> {
    const { user = "tester", source = "test", session = {} } = options;
    const rows: Row[] = [];
    const body = { method: "POST", body: sql };
    let page = await this.page(`http://${this.address}/v1/statement`, {
      ...body,
      headers: {
        "X-Trino-User": user,
        "X-Trino-Source": source,
        "X-Trino-Time-Zone": "UTC",
        "X-Trino-Session": Object.entries(session)
          .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
          .join(","),
      },
    });
    options.accepted?.(page.id);
    for (;;) {
      if (page.error !== undefined) throw new QueryError(page.error.errorName, page.error.message);
      rows.push(...(page.data ?? []));
      if (page.nextUri === undefined) return rows;
      page = await this.page(page.nextUri, { headers: { "X-Trino-User": user } });
    }
  }

  /** The first value of the first row. */
  async value(sql: string, options?: QueryOptions): Promise<unknown> {
    return (await this.rows(sql, options))[0]?.[0];
  }

  private async page(url: string, request: RequestInit): Promise<Page> {
    for (;;) {
      const response = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) return (await response.json()) as Page;
      if (![502, 503, 504].includes(response.status))
        throw new Error(`Trino answers ${response.status}: ${await response.text()}`);
      await sleep(100);
    }
  }
}
