import { createHash, randomBytes } from "node:crypto";
import { request } from "node:https";

import { ADDRESS } from "./keycloak";

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

/** A client of Keycloak as its settings describe it. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirect: string;
}

/** What a token says. */
export interface Claims {
  readonly sub?: string;
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly preferred_username?: string;
  readonly groups?: readonly string[];
}

/** Somebody with a browser and no scripts: cookies, forms and redirects, by a TLS that trusts one authority. */
export class Visitor {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly ca: string,
    private readonly issuer: string,
  ) {}

  /**
   * Signs in for a client.
   * @param chosen the password to choose, where Keycloak asks for another one
   * @returns the code, or the page that was there in its place
   */
  async signIn(
    client: Client,
    name: string,
    password: string,
    chosen?: string,
  ): Promise<{ code?: string; page: string }> {
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: client.redirect,
      response_type: "code",
      scope: "openid profile",
      state: randomBytes(8).toString("hex"),
      code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
      code_challenge_method: "S256",
    });
    let answer = await this.follow(
      await this.ask("GET", `${this.issuer}/protocol/openid-connect/auth?${query.toString()}`),
      client,
    );
    if (!answer.text.includes('name="username"')) return { page: answer.text };
    answer = await this.submit(answer.text, { username: name, password }, client);
    if (chosen !== undefined && answer.text.includes('name="password-new"'))
      answer = await this.submit(answer.text, { "password-new": chosen, "password-confirm": chosen }, client);
    const code = codeOf(answer.location, client);
    return { page: answer.text, ...(code === undefined ? {} : { code }) };
  }

  /** Exchanges a code for tokens, as the client does. */
  async tokens(at: string, client: Client, code: string): Promise<Answer> {
    const form = { grant_type: "authorization_code", code, redirect_uri: client.redirect, code_verifier: VERIFIER };
    const basic = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
    return this.ask("POST", at, form, { Authorization: `Basic ${basic}` });
  }

  ask(
    method: "GET" | "POST",
    to: string,
    form?: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const url = new URL(to);
    const body = form === undefined ? "" : new URLSearchParams(form).toString();
    const sent = {
      "Cookie": [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": Buffer.byteLength(body),
      "Host": url.host,
      ...headers,
    };
    const options = { host: ADDRESS, port: url.port, path: `${url.pathname}${url.search}`, method, headers: sent };
    return new Promise((resolve, reject) => {
      const call = request({ ...options, ca: this.ca, servername: url.hostname }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (text += part));
        answer.on("end", () => {
          for (const line of answer.headers["set-cookie"] ?? []) {
            const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            this.cookies.set(name, value);
          }
          resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location });
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  private async submit(page: string, form: Readonly<Record<string, string>>, client: Client): Promise<Answer> {
    const action = /<form[^>]*\saction="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    return this.follow(await this.ask("POST", action, form), client);
  }

  /** Redirects within Keycloak; the last leads to the client. */
  private async follow(answer: Answer, client: Client): Promise<Answer> {
    let at = answer;
    for (let hop = 0; hop < 10 && at.location !== undefined && codeOf(at.location, client) === undefined; hop++)
      at = await this.ask("GET", at.location);
    return at;
  }
}

const VERIFIER = "a-verifier-that-is-the-same-for-all-tests-of-this-file";

const codeOf = (location: string | undefined, { redirect }: Client): string | undefined =>
  location?.startsWith(redirect) === true ? (new URL(location).searchParams.get("code") ?? undefined) : undefined;
