import { createServer, type IncomingMessage, type Server } from "node:http";

/** Stands in for Trino: takes statements by its protocol, in two answers each, and remembers them. */
export class StandInTrino {
  readonly statements: string[] = [];
  user = "";

  private constructor(private readonly server: Server) {}

  static async start(host: string, port: number): Promise<StandInTrino> {
    const server = createServer();
    const trino = new StandInTrino(server);
    server.on("request", (request, response) => {
      void trino.answer(request, `http://${request.headers.host ?? ""}`).then((body) => {
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return trino;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, origin: string): Promise<object> {
    if (request.method !== "POST") return { id: "1", updateCount: 1 };
    let text = "";
    for await (const part of request) text += String(part);
    this.statements.push(text);
    this.user = String(request.headers["x-trino-user"]);
    return { id: "1", nextUri: `${origin}/v1/statement/executing/1` };
  }
}
