import { equal } from "node:assert/strict";

import type { Ground } from "../../../sandbox/engines/ground";
import { startQueryApi } from "../../../sandbox/engines/query-api/server";

interface Answer {
  readonly rows: unknown[][];
  readonly next: string | null;
}

/** The query API as a person asks it. @returns the rows of a statement, all of which are on one page */
export async function startApi(ground: Ground) {
  const { url, engine } = await startQueryApi(ground, { WAIT_SECONDS: "60" });
  const ask = async (sql: string, by: "trino" | "duckdb"): Promise<unknown[][]> => {
    const response = await fetch(`${url}/query`, {
      method: "POST",
      headers: { "X-Forwarded-User": "ada", "Content-Type": "application/json" },
      body: JSON.stringify({ sql, engine: by }),
    });
    const text = await response.text();
    equal(response.status, 200, text);
    const { rows, next } = JSON.parse(text) as Answer;
    equal(next, null);
    return rows;
  };
  return { ask, engine };
}
