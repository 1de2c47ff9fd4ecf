import { equal, notEqual } from "node:assert/strict";

import type { Ground } from "../../../sandbox/engines/ground";
import { Client } from "../../../sandbox/engines/minio/minio";

/** The proof's rights, and its way to the catalog by plain HTTP. */

export const NAMESPACES = {
  sales: { write: ["loader", "trino"], read: ["reports", "spark"] },
  plans: { write: ["spark"] },
  secret: { write: ["loader"] },
};
export const SCHEMA = {
  "type": "struct",
  "schema-id": 0,
  "fields": [{ id: 1, name: "id", required: false, type: "long" }],
};
export const TABLE = { "schema": SCHEMA, "stage-create": false, "properties": {} };

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly "config"?: Readonly<Record<string, string>>;
    readonly "metadata"?: { readonly "location": string; readonly "table-uuid": string };
    readonly "metadata-location"?: string;
    readonly "namespaces"?: readonly (readonly string[])[];
    readonly "identifiers"?: readonly { readonly name: string }[];
    readonly "error"?: { readonly type: string; readonly message: string };
  };
}

export const tables = (namespace: string) => `main/namespaces/${namespace}/tables`;
export const placeOf = ({ body }: Answer) => (body.metadata?.location ?? "").replace("s3://", "");
/** What the object store says to keys that do not open a place. */
export const refused = /Access ?Denied|not allowed|Insufficient|denied/i;

type Body = object | string | Buffer;

/** A client of the catalog, whose users are its tokens. */
export class Catalog {
  constructor(
    private readonly ground: Ground,
    /** `http://127.0.0.1:8181/iceberg` */
    private readonly url: string,
  ) {}

  async asks(
    as: string | undefined,
    method: string,
    path: string,
    body?: Body,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.url}/v1/${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { Authorization: `Bearer ${as}` }),
        "Content-Type": "application/json",
        "X-Iceberg-Access-Delegation": "vended-credentials",
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: text.startsWith("{") ? (JSON.parse(text) as Answer["body"]) : {} };
  }

  async made(as: string, namespace: string, name: string): Promise<Answer> {
    const answer = await this.asks(as, "POST", tables(namespace), { ...TABLE, name });
    equal(answer.status, 200, answer.text);
    return answer;
  }

  /** MinIO's client with the keys of an answer. */
  keysOf({ body: { config = {} } }: Answer): Client {
    const { "s3.access-key-id": id = "", "s3.secret-access-key": key = "", "s3.session-token": session = "" } = config;
    notEqual(session, "");
    return Client.as(this.ground, id, `${key}:${session}`);
  }
}
