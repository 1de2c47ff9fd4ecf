import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What is read of a project's git repository. Nothing of it is changed: neither its index nor its work tree. */

export interface Commit {
  /** As it was asked for, such as `main`. */
  readonly ref: string;
  readonly id: string;
}

/** `main (3f2a1b0)`; the id alone where that was asked for. */
export function commitName({ ref, id }: Commit): string {
  const short = id.slice(0, 7);
  return id.startsWith(ref) ? short : `${ref} (${short})`;
}

/** The output of git; undefined if it fails or is not installed. */
function git(folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): string | undefined {
  const { status, stdout } = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...more },
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? stdout.trimEnd() : undefined;
}

/** The commit that a name stands for; undefined outside of a repository or for an unknown name. */
export function commitOf(folder: string, ref: string): Commit | undefined {
  // A name that begins with a hyphen would be an option.
  if (ref.startsWith("-") || ref === "") return undefined;
  const id = git(folder, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return id === undefined ? undefined : { ref, id };
}

/** The last common commit of two. */
export function mergeBase(folder: string, one: string, other: string): string | undefined {
  return git(folder, ["merge-base", one, other]);
}

/** Paths of all files of a commit, relative to `folder`, without other folders of the repository. */
export function filesAt(folder: string, id: string): string[] {
  return (git(folder, ["ls-tree", "-r", "--name-only", "-z", id, "."]) ?? "").split("\0").filter((path) => path !== "");
}

/**
 * Writes the files of a commit below a folder, as they are in the project's folder of the repository.
 * @returns the folder that stands for `folder`
 */
export function checkOut(folder: string, id: string, into: string): string | undefined {
  const index = { GIT_INDEX_FILE: join(into, ".index") };
  const prefix = git(folder, ["rev-parse", "--show-prefix"]);
  const top = git(folder, ["rev-parse", "--show-toplevel"]);
  if (prefix === undefined || top === undefined || git(top, ["read-tree", id], index) === undefined) return undefined;
  const done = git(top, ["checkout-index", "--all", "--force", `--prefix=${join(into, "tree")}/`], index);
  return done === undefined ? undefined : join(into, "tree", prefix);
}

/** Where a folder is in the repository around it, and that repository's address. */
export interface InRepository {
  /** Path with `/` from the top of the repository. */
  readonly folder: string;
  /** URL of the remote `origin`, without a password; undefined without one. */
  readonly remote: string | undefined;
}

/** @returns undefined outside of a repository */
export function inRepository(folder: string): InRepository | undefined {
  const there = nearest(folder);
  const prefix = git(there, ["rev-parse", "--show-prefix"]);
  if (prefix === undefined) return undefined;
  return {
    folder: `${prefix}${relative(there, folder)}`.replace(/\/$/, ""),
    remote: git(there, ["remote", "get-url", "origin"])?.replace(/^(https?:\/\/)[^/@]*@/, "$1"),
  };
}

/** The innermost folder on a path that exists. */
const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)));
