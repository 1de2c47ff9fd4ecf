import { request } from "node:http";

/** What a server has answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Where to look instead. */
  readonly location: string | undefined;
}

/** A browser of one person: cookies by path, redirects, and the hub's protection of forms. */
export class Browser {
  private readonly cookies = new Map<
    string,
    { readonly name: string; readonly path: string; readonly value: string }
  >();

  /** @param origin of the proxy */
  constructor(private readonly origin: string) {}

  /** @returns whether the hub takes the password */
  async signIn(username: string, password: string): Promise<boolean> {
    await this.get("/hub/login");
    const form = new URLSearchParams({ username, password, _xsrf: this.token("/hub/") });
    const answer = await this.ask("POST", "/hub/login", form);
    if (answer.status !== 302) return false;
    // A page that starts nothing: the forms' token is another one for who has signed in.
    await this.get("/hub/token");
    return true;
  }

  /** Follows redirects. */
  async get(path: string): Promise<Answer> {
    let answer = await this.ask("GET", path);
    for (let hop = 0; hop < 10 && answer.status >= 300 && answer.status < 400; hop++) {
      const to = new URL(answer.location ?? "", new URL(path, this.origin));
      path = `${to.pathname}${to.search}`;
      answer = await this.ask("GET", path);
    }
    return answer;
  }

  /** One call of the hub's API, as its pages make it. */
  api(method: "GET" | "POST" | "DELETE", path: string): Promise<Answer> {
    return this.ask(method, `/hub/api${path}?_xsrf=${encodeURIComponent(this.token("/hub/"))}`);
  }

  private async ask(method: string, path: string, body?: URLSearchParams): Promise<Answer> {
    const sent = [...this.cookies.values()].filter((each) => path.startsWith(each.path));
    const headers = {
      "Cookie": sent.map(({ name, value }) => `${name}=${value}`).join("; "),
      // As of somebody who opens a page: the hub gives the token of its forms to nobody else. fetch() cannot say so.
      "Sec-Fetch-Mode": "navigate",
      "Content-Type": body === undefined ? "application/json" : "application/x-www-form-urlencoded",
    };
    const { cookies, ...answer } = await asked(new URL(path, this.origin), method, headers, body?.toString());
    for (const line of cookies) this.keep(line);
    return answer;
  }

  private keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? "/";
    const until = /;\s*expires=([^;]*)/i.exec(line)?.[1];
    if (until !== undefined && Date.parse(until) < Date.now()) this.cookies.delete(`${path} ${name}`);
    else this.cookies.set(`${path} ${name}`, { name, path, value });
  }

  private token(path: string): string {
    return this.cookies.get(`${path} _xsrf`)?.value ?? "";
  }
}

function asked(to: URL, method: string, headers: Readonly<Record<string, string>>, body = "") {
  return new Promise<Answer & { readonly cookies: readonly string[] }>((resolve, reject) => {
    const call = request(
      to,
      { method, headers: { ...headers, "Content-Length": Buffer.byteLength(body) } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (text += part));
        answer.on("end", () => {
          const { location, "set-cookie": cookies = [] } = answer.headers;
          resolve({ status: answer.statusCode ?? 0, text, location, cookies });
        });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}
