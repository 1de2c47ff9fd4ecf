import { ofKind, ofProvider, type StackObject, type StandIn } from "../../core/composition";
import { fromSecret, passwordVariable, server, SETUP, setup, variable } from "../../core/stand-in";
import { PORT } from "./config";
import { statements } from "./sql";

/** PostgreSQL without its operator: one server from the rendered Cluster, and its roles, databases and rights by psql. */

interface Cluster {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly imageName: string;
    readonly postgresql: { readonly parameters: Readonly<Record<string, string>> };
    readonly resources: object;
    readonly storage: { readonly size: string };
    readonly superuserSecret: { readonly name: string };
  };
}

/** The user of CloudNativePG's images. */
const USER = 26;
const CONF = "/etc/postgresql";
const DATA = "/var/lib/postgresql/data";

const START = `if [ ! -f "$PGDATA/PG_VERSION" ]; then
  (umask 077; printf '%s' "$PGPASSWORD" > /tmp/password)
  initdb --username postgres --pwfile /tmp/password --auth scram-sha-256 --encoding UTF8 --locale C
  rm /tmp/password
fi
exec postgres -c config_file=${CONF}/postgresql.conf`;

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  return ofKind<Cluster>(objects, "Cluster")
    .filter(({ apiVersion }) => String(apiVersion).startsWith("postgresql.cnpg.io/"))
    .flatMap((cluster) => [
      { of: [cluster], objects: serverOf(cluster) },
      { of: objects.filter(({ type }) => String(type).startsWith("postgresql:")), objects: setupOf(cluster, objects) },
    ]);
}

/** The operator's labels, which Services and policies select. */
const operated = ({ metadata }: Cluster) => ({ "cnpg.io/cluster": metadata.name });

function serverOf(cluster: Cluster): StackObject[] {
  const { metadata, spec } = cluster;
  const { name, namespace } = metadata;
  return server({
    service: name,
    namespace,
    labels: operated(cluster),
    image: spec.imageName,
    user: USER,
    command: ["/bin/sh", "-ec"],
    args: [START],
    env: [
      variable("PGDATA", `${DATA}/pgdata`),
      fromSecret("PGPASSWORD", { name: spec.superuserSecret.name, key: "password" }),
    ],
    ports: { postgres: PORT },
    resources: spec.resources,
    files: { [CONF]: files(spec.postgresql.parameters) },
    scratch: { "/tmp": "64Mi", "/dev/shm": "128Mi" },
    data: { path: DATA, size: spec.storage.size },
    names: ["rw", "ro", "r"].map((role) => `${name}-${role}`),
    ready: ["pg_isready", "--quiet", "--host", "127.0.0.1", "--port", String(PORT)],
    // Fast shutdown, as the operator does it: the default waits until all clients have gone.
    stopSignal: "SIGINT",
  });
}

const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** Files of the server: the rendered parameters, and what the operator adds to reach it and to sign in. */
export function files(parameters: Readonly<Record<string, string>>): Record<string, string> {
  const all = {
    ...parameters,
    listen_addresses: "*",
    unix_socket_directories: "/tmp",
    hba_file: `${CONF}/pg_hba.conf`,
  };
  return {
    "postgresql.conf": Object.entries(all)
      .map(([key, value]) => `${key} = ${quoted(value)}\n`)
      .join(""),
    "pg_hba.conf": "# Everybody needs a password.\nlocal all all scram-sha-256\nhost all all all scram-sha-256\n",
  };
}

function setupOf(cluster: Cluster, objects: readonly StackObject[]): StackObject[] {
  const { metadata, spec } = cluster;
  const passwords = ofProvider<{ name: string; password?: string }>(objects, "postgresql", "role").flatMap((role) =>
    role.password === undefined ? [] : [{ variable: passwordVariable(role.name), value: role.password }],
  );
  const superuser = (name: string, key: string) => fromSecret(name, { name: spec.superuserSecret.name, key });
  return setup({
    service: metadata.name,
    namespace: metadata.namespace,
    image: spec.imageName,
    user: USER,
    command: ["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", `${SETUP}/setup.sql`],
    env: [
      variable("PGHOST", `${metadata.name}-rw.${metadata.namespace}.svc`),
      variable("PGPORT", String(PORT)),
      variable("PGDATABASE", "postgres"),
      superuser("PGUSER", "username"),
      superuser("PGPASSWORD", "password"),
      ...passwords.map(({ variable: name, value }) => variable(name, value)),
    ],
    files: { "setup.sql": script(objects, passwords) },
    server: operated(cluster),
  });
}

/** The statements for psql, which takes passwords from its environment. */
export function script(
  objects: readonly StackObject[],
  passwords: readonly { readonly variable: string; readonly value: string }[],
): string {
  const variables = new Map(passwords.map(({ variable: name, value }) => [value, name.toLowerCase()]));
  const all = statements(objects, (password) => `:'${variables.get(password) ?? ""}'`);
  const lines = passwords.map(({ variable: name }) => `\\getenv ${name.toLowerCase()} ${name}`);
  let at = "postgres";
  for (const { database, sql } of all) {
    if (database !== at) lines.push(`\\connect "${database.replaceAll('"', '""')}"`);
    at = database;
    lines.push(sql);
  }
  return `${lines.join("\n")}\n`;
}
