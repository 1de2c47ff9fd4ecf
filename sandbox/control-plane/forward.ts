import { existsSync, unlinkSync } from "node:fs";
import { connect, createServer } from "node:net";

/**
 * Forwards connections: `forward.ts bound|free <from> <to> [<from> <to> ...]`, where each is a port of the loopback or the path of
 * a socket file. A socket file is visible from every network namespace, so two forwarders connect two namespaces. A bound one ends
 * with the process that started it.
 */
const address = (text = "") => (/^\d+$/.test(text) ? { host: "127.0.0.1", port: Number(text) } : { path: text });
const [bond, ...pairs] = process.argv.slice(2);

for (let index = 0; index < pairs.length; index += 2) {
  const [from = "", to] = pairs.slice(index, index + 2);
  if (existsSync(from)) unlinkSync(from);
  createServer((incoming) => {
    const outgoing = connect(address(to));
    const end = () => {
      incoming.destroy();
      outgoing.destroy();
    };
    incoming.on("error", end).on("close", end).pipe(outgoing);
    outgoing.on("error", end).on("close", end).pipe(incoming);
  }).listen(address(from));
}

const parent = process.ppid;
if (bond === "bound") {
  setInterval(() => {
    if (process.ppid !== parent) process.exit();
  }, 500);
}
