import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Status and body; an object is sent as JSON, a text as it is. */
export type Answer = readonly [code: number, body: unknown];

/** A server on loopback that stands in for one with a JSON API. */
export abstract class JsonServer {
  private server: Server | undefined;

  protected abstract answer(request: IncomingMessage, body: string): Answer;

  /** @param port @default a free one */
  async start(port = 0): Promise<string> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (text: Buffer) => (body += text.toString()));
      request.on("end", () => {
        const [code, answer] = this.answer(request, body);
        const text = typeof answer === "string" ? answer : JSON.stringify(answer);
        response.writeHead(code, { "Content-Type": "application/json" }).end(text);
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

/** User and password of basic authentication; empty without. */
export function basic({ headers }: IncomingMessage): readonly [user: string, password: string | undefined] {
  const text = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
  const [user = "", password] = text.split(":");
  return [user, password];
}
