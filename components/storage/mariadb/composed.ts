import { ofKind, type StackObject, type StandIn } from "../../core/composition";
import { fromSecret, passwordVariable, type SecretKey, server, SETUP, setup } from "../../core/stand-in";
import { podLabels } from "./pods";
import { literal, statements, type User, users } from "./sql";

/** MariaDB without its operator: one server from the rendered MariaDB, and its databases, users and grants. */

interface Server {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly image: string;
    readonly myCnf: string;
    readonly port: number;
    readonly podSecurityContext: { readonly runAsUser: number };
    readonly resources: object;
    readonly rootPasswordSecretKeyRef: SecretKey;
    readonly storage: { readonly size: string };
  };
}

/** Where the image's server reads files of others. */
const CONF = "/etc/mysql/conf.d";
const DATA = "/var/lib/mysql";

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  const [mariadb] = ofKind<Server>(objects, "MariaDB");
  if (mariadb === undefined) return [];
  const made = ["User", "Grant", "Database"].flatMap((kind) => ofKind(objects, kind));
  return [
    { of: [mariadb], objects: serverOf(mariadb) },
    { of: made, objects: setupOf(mariadb, objects) },
  ];
}

function serverOf({ metadata: { name, namespace }, spec }: Server): StackObject[] {
  return server({
    service: name,
    namespace,
    labels: podLabels("server"),
    image: spec.image,
    user: spec.podSecurityContext.runAsUser,
    env: [fromSecret("MARIADB_ROOT_PASSWORD", spec.rootPasswordSecretKeyRef)],
    ports: { mariadb: spec.port },
    resources: spec.resources,
    files: { [CONF]: { "lakehouse.cnf": spec.myCnf } },
    scratch: { "/tmp": "1Gi", "/run/mysqld": "16Mi" },
    data: { path: DATA, size: spec.storage.size },
    names: [name, `${name}-primary`],
    ready: ["healthcheck.sh", "--connect", "--innodb_initialized"],
  });
}

function setupOf({ metadata: { name, namespace }, spec }: Server, objects: readonly StackObject[]): StackObject[] {
  return setup({
    service: name,
    namespace,
    image: spec.image,
    user: spec.podSecurityContext.runAsUser,
    command: ["/bin/sh", "-eu", `${SETUP}/setup.sh`],
    env: [
      fromSecret("MYSQL_PWD", spec.rootPasswordSecretKeyRef),
      ...users(objects).map((user) => fromSecret(passwordVariable(user.name), user.passwordSecretKeyRef)),
    ],
    files: { "setup.sh": script(`${name}.${namespace}.svc`, spec.port, objects) },
    server: podLabels("server"),
  });
}

/** The statements for a shell, which puts passwords into them: they are letters and digits. */
export function script(host: string, port: number, objects: readonly StackObject[]): string {
  // A shell reads dollars, backquotes and backslashes within the text.
  const escaped = (text: string) => text.replaceAll(/[\\$`]/g, (sign) => `\\${sign}`);
  const mark = (user: User) => literal(`<${passwordVariable(user.name)}>`);
  const lines = statements(objects, mark).map((text) =>
    escaped(text).replaceAll(/<(PASSWORD_\w+)>/g, (_, name: string) => `$\{${name}}`),
  );
  return `mariadb --user root --host ${host} --port ${String(port)} <<SQL\n${lines.map((line) => `${line};\n`).join("")}SQL\n`;
}
