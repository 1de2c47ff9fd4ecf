import { equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";

import { drainCommand } from "../../../../components/catalog/hive-metastore/config";

/** The rendered preStop script, on a port of this machine. */
describe("draining a metastore", function () {
  let server: Server;
  let port: number;

  before(async function () {
    if (!existsSync("/proc/net/tcp")) this.skip();
    server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as { port: number }).port;
  });
  after(() => {
    server.close();
  });

  async function client(): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  }
  /** Runs the script. @returns its time in milliseconds */
  function drain(most: number): Promise<number> {
    const started = Date.now();
    const [program = "", ...args] = drainCommand([port, 1], { removal: 0, most });
    const child = spawn(program, args, { stdio: "inherit" });
    return once(child, "exit").then(([code]) => {
      equal(code, 0);
      return Date.now() - started;
    });
  }

  it("waits until the last client has disconnected", async () => {
    const [one, other] = [await client(), await client()];
    let drained = false;
    const draining = drain(600).then(() => (drained = true));
    one.destroy();
    await new Promise((next) => setTimeout(next, 2500));
    ok(!drained, "one is still connected");
    other.destroy();
    await draining;
  });

  it("does not wait without clients, and has a time limit", async () => {
    await drain(600);
    const idle = await client();
    ok((await drain(2)) >= 2000);
    idle.destroy();
  });
});
