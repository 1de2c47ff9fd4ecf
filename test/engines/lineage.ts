import { match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";

import * as front from "../../components/catalog/openmetadata/front";
import { LINEAGE_PATH } from "../../components/core/governance";
import { Engine } from "../../sandbox/engines/engine";
import type { Ground } from "../../sandbox/engines/ground";
import { type Answer, JsonServer } from "../support/json-server";

export interface Facet {
  readonly _producer?: string;
  readonly _schemaURL?: string;
}
export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Readonly<Record<string, Facet>> & {
    readonly symlinks?: { readonly identifiers: readonly { readonly name: string }[] };
    readonly columnLineage?: {
      readonly fields: Readonly<
        Record<string, { readonly inputFields: readonly { readonly field: string; readonly name: string }[] }>
      >;
    };
  };
}
export interface Told {
  readonly eventTime: string;
  readonly eventType: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets?: Readonly<Record<string, Facet>> };
  readonly job: {
    readonly namespace: string;
    readonly name: string;
    readonly facets?: Readonly<Record<string, Facet>>;
  };
  readonly inputs?: readonly Dataset[];
  readonly outputs?: readonly Dataset[];
}

/** A stand-in for OpenMetadata's API: a session for the user of lineage, and events of who has it. */
export class Catalogue extends JsonServer {
  readonly told: Told[] = [];
  readonly texts: string[] = [];
  refused = 0;
  password = "";

  protected answer({ method = "", url = "", headers }: IncomingMessage, body: string): Answer {
    if (url === "/api/v1/users/login") {
      const { email, password } = JSON.parse(body) as Record<string, string>;
      const known = email === "lineage@lakehouse.internal";
      const right = Buffer.from(password ?? "", "base64").toString() === this.password;
      return known && right ? [200, { accessToken: "ey.session.1", tokenType: "Bearer" }] : [401, {}];
    }
    if (`${method} ${url}` !== "POST /api/v1/openlineage/lineage" || headers.authorization !== "Bearer ey.session.1") {
      this.refused++;
      return [401, {}];
    }
    this.texts.push(body);
    this.told.push(JSON.parse(body) as Told);
    return [200, {}];
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What OpenLineage's definition (2-0-2) asks of each event. */
export function checked({ eventTime, producer, schemaURL, run, job, inputs = [], outputs = [] }: Told): void {
  ok(!Number.isNaN(Date.parse(eventTime)), eventTime);
  for (const uri of [producer, schemaURL]) ok(URL.canParse(uri), uri);
  match(schemaURL, /^https:\/\/openlineage\.io\/spec\/2-0-2\/OpenLineage\.json#\/\$defs\/RunEvent$/);
  match(run.runId, UUID);
  ok(job.namespace.length > 0 && job.name.length > 0);
  for (const { namespace, name } of [...inputs, ...outputs]) ok(namespace.length > 0 && name.length > 0);
  for (const facets of [run.facets, job.facets, ...[...inputs, ...outputs].map((one) => one.facets)])
    for (const [name, { _producer = "", _schemaURL = "" }] of Object.entries(facets ?? {}))
      ok(URL.canParse(_producer) && URL.canParse(_schemaURL), name);
}

export interface ReceiverArgs {
  readonly ground: Ground;
  /** What stands behind it. */
  readonly catalogue: Catalogue;
  /** A known emitter's. */
  readonly token: string;
}

/** The rendered receiver of events by real nginx, with folders of this machine. It is ready when it has taken an event. */
export async function startReceiver({ ground, catalogue, token }: ReceiverArgs): Promise<Engine> {
  const { rendered, tools } = ground;
  const port = ground.ports.lineage;
  const server = await catalogue.start();
  const folder = ground.folder("lineage");
  mkdirSync(join(folder, "tmp"), { recursive: true });
  const here = (text: string) =>
    text
      .replaceAll("/tmp/", `${folder}/tmp/`)
      .replaceAll(front.EMITTERS_DIRECTORY, folder)
      .replaceAll(front.FRONT_DIRECTORY, folder)
      .replaceAll("http://127.0.0.1:8585", server)
      .replaceAll(/(listen (\[::\]:)?)5000/g, `$1${String(port)}`)
      .replaceAll(/nginx -e stderr/g, `${join(tools.nginx, "nginx")} -e stderr`);
  writeFileSync(
    join(folder, front.CONFIG_FILE),
    here(rendered.configMap("openmetadata-server-front")[front.CONFIG_FILE] ?? ""),
  );
  const container = rendered.container("Deployment", "openmetadata-server", "lineage");
  writeFileSync(join(folder, front.EMITTERS_FILE), rendered.secret("openmetadata-emitters", front.EMITTERS_FILE));
  catalogue.password = rendered.secret("openmetadata-own", "lineagePassword");
  const receiver = await Engine.start(ground.run, {
    name: "lineage",
    command: ["/bin/sh", "-ec", here(String(container.args?.[0]))],
    env: { ...rendered.env(container), PATH: process.env.PATH ?? "" },
    ready: async () => (await send(port, token, "{}")) === 200,
  });
  catalogue.told.length = catalogue.texts.length = 0;
  return receiver;
}

/** Status of a request to a receiver on loopback; 0 where nobody answers. */
export async function send(
  port: number,
  bearer: string,
  body: string,
  path = LINEAGE_PATH,
  method = "POST",
): Promise<number> {
  try {
    const headers = { "Authorization": `Bearer ${bearer}`, "Content-Type": "application/json" };
    const { status } = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      method,
      headers,
      ...(method === "GET" ? {} : { body }),
    });
    return status;
  } catch {
    return 0;
  }
}
