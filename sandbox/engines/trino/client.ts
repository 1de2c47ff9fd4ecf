import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE } from "../../core/until";

type Row = readonly unknown[];

interface Failure {
  readonly message?: string;
  readonly cause?: Failure;
}

interface Page {
  readonly nextUri?: string;
  readonly id: string;
  readonly data?: readonly Row[];
  readonly error?: { readonly message: string; readonly errorName: string; readonly failureInfo?: Failure };
}

export class QueryError extends Error {
  constructor(
    readonly errorName: string,
    message: string,
    /** Messages of what caused it, the nearest first. */
    readonly causes: readonly string[],
  ) {
    super(`${errorName}: ${message}`);
  }
}

function causesOf(failure: Failure | undefined): string[] {
  return failure?.cause === undefined ? [] : [failure.cause.message ?? "", ...causesOf(failure.cause)];
}

export interface QueryOptions {
  readonly user?: string;
  readonly source?: string;
  readonly session?: Readonly<Record<string, string>>;
  /** Told the query's id once it is accepted. */
  readonly accepted?: (id: string) => void;
}

/** The protocol that Trino and Presto share but for the names of headers: a statement, and pages until there is no next one. */
export class TrinoClient {
  private readonly origin: string;

  /** @param ask sends a request. @default as nobody in particular */
  constructor(
    address: string,
    private readonly engine: "Trino" | "Presto" = "Trino",
    private readonly ask: (url: string, request: RequestInit) => Promise<Response> = fetch,
  ) {
    this.origin = address.includes("://") ? address : `http://${address}`;
  }

  async rows(sql: string, options: QueryOptions = {}): Promise<Row[]> {
    const { user = "tester", source = "test", session = {} } = options;
    const rows: Row[] = [];
    const body = { method: "POST", body: sql };
    let page = await this.page(`${this.origin}/v1/statement`, {
      ...body,
      headers: {
        ...this.as(user),
        [`X-${this.engine}-Source`]: source,
        [`X-${this.engine}-Time-Zone`]: "UTC",
        [`X-${this.engine}-Session`]: Object.entries(session)
          .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
          .join(","),
      },
    });
    options.accepted?.(page.id);
    for (;;) {
      if (page.error !== undefined) {
        const { errorName, message, failureInfo } = page.error;
        throw new QueryError(errorName, message, causesOf(failureInfo));
      }
      rows.push(...(page.data ?? []));
      if (page.nextUri === undefined) return rows;
      page = await this.page(page.nextUri, { headers: this.as(user) });
    }
  }

  /** The first value of the first row. */
  async value(sql: string, options?: QueryOptions): Promise<unknown> {
    return (await this.rows(sql, options))[0]?.[0];
  }

  private as(user: string): Record<string, string> {
    return { [`X-${this.engine}-User`]: user };
  }

  private async page(url: string, request: RequestInit): Promise<Page> {
    for (;;) {
      const response = await this.ask(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) return (await response.json()) as Page;
      if (![502, 503, 504].includes(response.status))
        throw new Error(`${this.engine} answers ${response.status}: ${await response.text()}`);
      await sleep(100);
    }
  }
}
