import { createServer } from "node:net";

/** A free port of the loopback interface. */
function open(): Promise<{ readonly port: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({
        port,
        close: () => {
          server.close();
        },
      });
    });
  });
}

/** Free ports by name, all different: they are held until the last one is found. */
export async function freePorts<Name extends string>(...names: readonly Name[]): Promise<Record<Name, number>> {
  const held = await Promise.all(names.map(async (name) => ({ name, ...(await open()) })));
  for (const each of held) each.close();
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Record<Name, number>;
}
