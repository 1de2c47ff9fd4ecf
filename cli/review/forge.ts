import { readFileSync } from "node:fs";

import { MARKER } from "../../planner/report/review";

/** A pull request of GitHub or a merge request of GitLab, as CI's variables describe it. */
export interface Forge {
  /** Name of the target branch, or a commit of it. */
  readonly base: string | undefined;
  /** Text that its author wrote. */
  readonly description: string;
  /** Writes the comment, or edits it in place. @returns what was done, in a line */
  readonly comment: (body: string) => Promise<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined outside of a pull request. */
export function forge(env: Environment): Forge | undefined {
  if (env.GITHUB_EVENT_PATH !== undefined && env.GITHUB_REPOSITORY !== undefined) return gitHub(env);
  return env.CI_MERGE_REQUEST_IID === undefined ? undefined : gitLab(env);
}

function gitHub(env: Environment): Forge | undefined {
  const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8")) as {
    pull_request?: { number: number; body?: string | null; base: { sha: string } };
  };
  const request = event.pull_request;
  if (request === undefined) return undefined;
  const issues = `${env.GITHUB_API_URL ?? "https://api.github.com"}/repos/${env.GITHUB_REPOSITORY ?? ""}/issues`;
  return {
    base: request.base.sha,
    description: request.body ?? "",
    comment: (body) =>
      put(body, {
        list: `${issues}/${String(request.number)}/comments`,
        one: (id) => `${issues}/comments/${String(id)}`,
        edit: "PATCH",
        headers: { Authorization: `Bearer ${env.GITHUB_TOKEN ?? ""}`, Accept: "application/vnd.github+json" },
      }),
  };
}

function gitLab(env: Environment): Forge {
  const notes = `${env.CI_API_V4_URL ?? ""}/projects/${encodeURIComponent(env.CI_PROJECT_ID ?? "")}/merge_requests/${env.CI_MERGE_REQUEST_IID ?? ""}/notes`;
  return {
    base: env.CI_MERGE_REQUEST_DIFF_BASE_SHA,
    description: env.CI_MERGE_REQUEST_DESCRIPTION ?? "",
    comment: (body) =>
      put(body, {
        list: notes,
        one: (id) => `${notes}/${String(id)}`,
        edit: "PUT",
        headers: { "PRIVATE-TOKEN": env.LAKEHOUSE_GITLAB_TOKEN ?? "" },
      }),
  };
}

interface Api {
  readonly list: string;
  readonly one: (id: number) => string;
  readonly edit: "PATCH" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Most of both forges in one page. */
const PAGE = 100;
/** Milliseconds for one answer. */
const PATIENCE = 30_000;

/** Edits the comment with the marker, or writes one. A comment of somebody else, who copied the marker, cannot be edited. */
async function put(body: string, api: Api): Promise<string> {
  const found = (await comments(api)).filter((comment) => comment.body.startsWith(MARKER));
  for (const { id, body: before } of found) {
    if (before.trim() === body.trim()) return "the comment is up to date";
    const { status } = await ask(api.one(id), api, api.edit, { body });
    if (status < 300) return "the comment was edited";
    if (status !== 403 && status !== 404) throw new Error(`the comment cannot be edited: HTTP ${String(status)}`);
  }
  const { status } = await ask(api.list, api, "POST", { body });
  if (status >= 300) throw new Error(`no comment can be written: HTTP ${String(status)}`);
  return "a comment was written";
}

async function comments(api: Api): Promise<Comment[]> {
  const all: Comment[] = [];
  for (let page = 1; ; page++) {
    const { status, content } = await ask(`${api.list}?per_page=${String(PAGE)}&page=${String(page)}`, api, "GET");
    if (status >= 300) throw new Error(`comments cannot be read: HTTP ${String(status)}`);
    const some = content as Comment[];
    all.push(...some);
    if (some.length < PAGE) return all;
  }
}

async function ask(
  url: string,
  { headers }: Api,
  method: string,
  body?: object,
): Promise<{ readonly status: number; readonly content: unknown }> {
  const answer = await fetch(url, {
    method,
    // A token is for this host alone.
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
    headers: { ...headers, "Content-Type": "application/json", "User-Agent": "lakehouse" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, content: answer.ok && text !== "" ? (JSON.parse(text) as unknown) : undefined };
}
