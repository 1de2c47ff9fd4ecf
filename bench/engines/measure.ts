/** Seconds until the first row, and until the last. */
export interface Taken {
  readonly first: number;
  readonly all: number;
}

interface Page {
  readonly nextUri?: string;
  readonly data?: readonly unknown[];
  readonly error?: { readonly errorName: string; readonly message: string };
}

/** Runs a statement over Trino's HTTP protocol and measures the times that a client would see. */
export async function take(address: string, sql: string, session = ""): Promise<Taken> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const user = { "X-Trino-User": "bench", "X-Trino-Catalog": "lakehouse", "X-Trino-Schema": "bench" };
  const headers = { ...user, "X-Trino-Session": session };
  let page = await get(`http://${address}/v1/statement`, { method: "POST", body: sql, headers });
  let first: number | undefined;
  for (;;) {
    if (page.error !== undefined) throw new Error(`${page.error.errorName}: ${page.error.message}`);
    if (first === undefined && (page.data?.length ?? 0) > 0) first = seconds();
    if (page.nextUri === undefined) return { first: first ?? seconds(), all: seconds() };
    page = await get(page.nextUri, { headers });
  }
}

async function get(url: string, request: RequestInit): Promise<Page> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(300_000) });
  if (!response.ok) throw new Error(`Trino answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Page;
}

/** Runs queries by several clients at the same time. Each client sends its next query after an answer. */
export async function atOnce(clients: number, queries: number, one: () => Promise<Taken>): Promise<Taken[]> {
  const taken: Taken[] = [];
  let left = queries;
  const client = async () => {
    while (left-- > 0) taken.push(await one());
  };
  await Promise.all(Array.from({ length: clients }, client));
  return taken;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** The smallest value that is greater than or equal to a share (0 to 1) of all values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
