import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Comment {
  readonly id: number;
  body: string;
  readonly mine: boolean;
}

/** Comments of one pull request on loopback, by the API of GitHub or of GitLab. */
export class FakeForge {
  readonly comments: Comment[] = [];
  readonly seen: string[] = [];
  readonly tokens = new Set<string>();
  /** Status of every answer, for a forge that refuses. */
  refuses: number | undefined;
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(({ status, content }) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(content));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; content: unknown }> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? "", "http://forge");
    this.seen.push(`${request.method ?? ""} ${url.pathname}`);
    this.tokens.add(String(request.headers.authorization ?? request.headers["private-token"]));
    if (this.refuses !== undefined) return { status: this.refuses, content: { message: "no" } };
    const { body } = (text === "" ? {} : JSON.parse(text)) as { body: string };
    if (request.method === "GET") {
      const [size, page] = ["per_page", "page"].map((name) => Number(url.searchParams.get(name))) as [number, number];
      return { status: 200, content: this.comments.slice((page - 1) * size, page * size) };
    }
    if (request.method === "POST") {
      this.comments.push({ id: this.comments.length + 1, body, mine: true });
      return { status: 201, content: this.comments.at(-1) };
    }
    const found = this.comments.find(({ id }) => url.pathname.endsWith(`/${String(id)}`));
    if (found?.mine !== true) return { status: found === undefined ? 404 : 403, content: {} };
    found.body = body;
    return { status: 200, content: found };
  }
}
