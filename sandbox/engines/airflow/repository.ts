import { once } from "node:events";
import { createReadStream, existsSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, normalize } from "node:path";

import type { Ground } from "../ground";
import { command } from "../obtain/command";

const PERSON = ["-c", "user.name=owner", "-c", "user.email=owner@example.org"];

/** An owner's Git repository with DAGs, served by HTTP as files, which is Git's simple protocol. */
export class Repository {
  private constructor(private readonly server: Server) {}

  /** @param files of its one commit, by name */
  static async start(ground: Ground, port: number, files: Readonly<Record<string, string>>): Promise<Repository> {
    const work = ground.folder("repository", "work");
    for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
    const git = (...args: string[]) => command(["git", ...PERSON, ...args], { cwd: work });
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", ".");
    await git("commit", "--quiet", "--message=DAGs");
    const root = ground.folder("repository", "served");
    await git("clone", "--quiet", "--bare", work, join(root, "dags.git"));
    await command(["git", "update-server-info"], { cwd: join(root, "dags.git") });
    const server = createServer((request, response) => {
      const path = join(root, normalize(new URL(request.url ?? "/", "http://git").pathname));
      if (!existsSync(path) || !statSync(path).isFile()) response.writeHead(404).end();
      else createReadStream(path).pipe(response);
    });
    await once(server.listen(port, "127.0.0.1"), "listening");
    return new Repository(server);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
