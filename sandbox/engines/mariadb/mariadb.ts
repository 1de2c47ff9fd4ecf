import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SecretKey } from "../../../components/core/stand-in";
import { literal, statements as statementsOf } from "../../../components/storage/mariadb/sql";
import { contained } from "../contained";
import { connects } from "../connects";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { command } from "../obtain/command";

/** One server from the rendered MariaDB, with databases, users and rights as the operator makes them. */

const ADDRESS = "127.0.0.31";

interface Server {
  readonly port: number;
  readonly myCnf: string;
  readonly podSecurityContext: { readonly runAsUser: number };
  readonly rootPasswordSecretKeyRef: SecretKey;
}
/** Statements that make what the rendered resources describe. */
function statements({ rendered }: Ground, { rootPasswordSecretKeyRef: root }: Server): string[] {
  const secret = ({ name, key }: SecretKey) => literal(rendered.secret(name, key));
  return [
    `alter user root@localhost identified by ${secret(root)}`,
    ...statementsOf(rendered.all, ({ passwordSecretKeyRef }) => secret(passwordSecretKeyRef)),
  ];
}

/** Folders of libraries, of which Debian has one for each kind of processor. */
const foldersOf = (lib: string) =>
  existsSync(lib)
    ? readdirSync(lib)
        .filter((name) => name.endsWith("-linux-gnu"))
        .map((name) => join(lib, name))
    : [];

/**
 * Starts the server and waits until its port is open.
 * @param more statements that the administrator runs at its first start
 */
export async function startMariadb(ground: Ground, more: readonly string[] = []): Promise<Engine> {
  const { changes, rendered, run, tools } = ground;
  const spec = rendered.object("MariaDB", "mariadb").spec as Server;
  const folder = join(tools.mariadb, "usr");
  const hosts = ground.path("mariadb", "hosts");
  writeFileSync(hosts, `${ADDRESS} localhost\n`);
  const place = {
    hosts,
    user: spec.podSecurityContext.runAsUser,
    mounts: {
      "/var/lib/mysql": ground.folder("mariadb", "data"),
      "/run/mysqld": ground.folder("mariadb", "run"),
      "/etc/mysql": ground.write("mariadb/conf", {
        "my.cnf": spec.myCnf,
        "first.sql": [...statements(ground, spec), ...more].map((statement) => `${statement};\n`).join(""),
      }),
      "/tmp": ground.folder("mariadb", "tmp"),
    },
  };
  const within = (...line: string[]) => contained({ name: "mariadb", command: line }, place);
  const libraries = ["usr/lib", "lib"].flatMap((lib) => foldersOf(join(tools.mariadb, lib))).join(":");
  const env = { PATH: process.env.PATH ?? "", LD_LIBRARY_PATH: libraries };
  const files = [`--basedir=${folder}`, "--datadir=/var/lib/mysql"];
  const install = [`${folder}/bin/mariadb-install-db`, "--no-defaults", ...files, "--skip-test-db"];
  await command([...within(...install, "--auth-root-authentication-method=normal")], { cwd: "/", env });
  const address = changes.value("mariadb/options", "bind-address", undefined, ADDRESS);
  return Engine.start(run, {
    name: "mariadb",
    command: within(
      ...[`${folder}/sbin/mariadbd`, "--defaults-file=/etc/mysql/my.cnf", ...files, `--port=${String(spec.port)}`],
      ...[`--bind-address=${address}`, "--socket=/run/mysqld/mysqld.sock", "--pid-file=/run/mysqld/mysqld.pid"],
      "--init-file=/etc/mysql/first.sql",
    ),
    cwd: "/",
    env,
    ready: () => connects(spec.port, ADDRESS),
  });
}
