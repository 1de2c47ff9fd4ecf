import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";

import { freePorts } from "../core/ports";
import type { Running } from "../core/run";
import type { ControlPlane } from "./control-plane";

const run = promisify(execFile);
const ROOT = join(__dirname, "..", "..");

export interface WalledSpec {
  readonly name: string;
  /** The program, with its arguments for a webhook's port. */
  readonly command: (webhook: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const namespace = () => (process.getuid?.() === 0 ? ["--net"] : ["--map-root-user", "--net"]);

/** Why this machine cannot isolate operators; undefined when it can. */
export async function cannotWall(): Promise<string | undefined> {
  try {
    await run("unshare", [...namespace(), "ip", "link", "set", "lo", "up"]);
    return undefined;
  } catch {
    return "no network namespaces (unshare, ip) to keep an operator's webhook off the network";
  }
}

/**
 * Starts the loopback, the forwarder, then the operator. The first arguments are the forwarder's ready file and the number of its
 * arguments.
 */
const SCRIPT = `
ip link set lo up
open=$1; shift
count=$1; shift
door=; while [ "$count" -gt 0 ]; do door="$door '$1'"; shift; count=$((count - 1)); done
eval "$door &"
until [ -S "$open" ]; do sleep 0.1; done
exec "$@"
`;

/**
 * Starts an operator in a network namespace of its own: its webhook listens on every interface, which cannot be configured.
 * Forwarders connect it and the API server on the same ports of the loopback.
 * @returns with the webhook's port
 */
export async function walled(plane: ControlPlane, spec: WalledSpec): Promise<Running & { readonly webhook: number }> {
  const doors = join(plane.run.folder, spec.name);
  mkdirSync(doors);
  const { webhook } = await freePorts("webhook");
  const server = new URL(plane.api.access.server).port;
  const [out, back] = [join(doors, "api"), join(doors, "webhook")];
  await plane.run.process({
    name: `${spec.name}-door`,
    command: forward("free", out, server, String(webhook), back),
    ready: () => Promise.resolve(existsSync(out)),
  });
  const inside = forward("bound", server, out, back, String(webhook));
  const started = await plane.run.process({
    name: spec.name,
    command: [
      "unshare",
      ...namespace(),
      "sh",
      "-c",
      SCRIPT,
      "sh",
      back,
      String(inside.length),
      ...inside,
      ...spec.command(webhook),
    ],
    env: { KUBECONFIG: plane.kubeconfig, ...spec.env },
    ready: () => serves(webhook),
  });
  return { ...started, webhook };
}

const forward = (bond: "bound" | "free", ...pairs: readonly string[]): [string, ...string[]] => [
  process.execPath,
  "-r",
  join(ROOT, "scripts", "transpile.js"),
  join(__dirname, "forward.ts"),
  bond,
  ...pairs,
];

/** Whether the webhook serves: the forwarder accepts connections before it does, so a TLS handshake is needed. */
function serves(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, timeout: 2_000 });
    const answer = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("secureConnect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
    socket.once("close", answer(false));
  });
}
