import { ADMIN, PORTS, SECURITY } from "./config";

/** Users of Druid and what they may do. Pure. */

/** What users of the stack are: nobody else may have a role whose name begins so. */
const OURS = "lakehouse-";
export const READER = `${OURS}reader`;
export const WRITER = `${OURS}writer`;
export type UserRole = typeof READER | typeof WRITER;

export const USERS_DIRECTORY = "/opt/lakehouse/users";
export const USERS_FILE = "users";
export const ROLES_DIRECTORY = "/opt/lakehouse/roles";

interface Permission {
  readonly resource: { readonly type: "DATASOURCE" | "STATE" | "CONFIG"; readonly name: string };
  readonly action: "READ" | "WRITE";
}

/** Druid reads names as regular expressions of the whole name. */
const literal = (name: string) => name.replaceAll(/[^A-Za-z0-9_]/g, (character) => `\\${character}`);
const dataSource = (name: string, action: Permission["action"]): Permission => ({
  resource: { type: "DATASOURCE", name },
  action,
});

/** Rights of each role: readers ask for any data source, the writer fills those that the settings name. */
export function rolePermissions(dataSources: readonly string[]): Readonly<Record<UserRole, readonly Permission[]>> {
  const names = dataSources.toSorted().map(literal);
  return {
    [READER]: [dataSource(".*", "READ")],
    [WRITER]: names.flatMap((name) => [dataSource(name, "READ"), dataSource(name, "WRITE")]),
  };
}

/** Files of the roles, by name. */
export const roleFiles = (dataSources: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(rolePermissions(dataSources)).map(([role, all]) => [`${role}.json`, `${JSON.stringify(all)}\n`]),
  );

export interface User {
  readonly name: string;
  readonly role: UserRole;
  readonly password: string;
}

/** The file of users, in one order. Names and passwords are letters, digits and `-`. */
export const usersFile = (users: readonly User[]): string =>
  users
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, role, password }) => `${name} ${role} ${password}\n`)
    .join("");

/** Written at each look at the file. */
export const ALIVE_FILE = "/tmp/users-alive";
/** Fails when that is longer ago than all users take, each of whose steps may wait. */
export const ALIVE: string[] = ["/bin/sh", "-c", `[ -n "$(find ${ALIVE_FILE} -mmin -15)" ]`];

/** How often the file is looked at, in seconds. */
const PERIOD = 10;

/**
 * Makes Druid's users those of the file, whenever the file has changed: those that are missing come, passwords are set, and who has
 * a role of ours and is not in the file any more goes. Passwords go by files and standard input, where no list of processes shows
 * them.
 */
export function usersScript(api = `http://localhost:${String(PORTS.coordinator)}/druid-ext/basic-security`): string {
  return [
    // Method and path; the body on standard input. Followers lead on to the leader.
    "ask() {",
    '  curl --silent --show-error --fail --location-trusted --max-time 20 --config /dev/fd/3 --request "$1" \\',
    `    --header 'Content-Type: application/json' --data-binary @- "${api}/$2" 3<<CONFIG`,
    `user = "${ADMIN}:$ADMIN_PASSWORD"`,
    "CONFIG",
    "}",
    'get() { ask GET "$1" </dev/null; }',
    // Whether a JSON list of names has this one.
    'has() { case "$1" in *"\\"$2\\""*) return 0 ;; esac; return 1; }',
    `people=authentication/db/${SECURITY}/users`,
    `rights=authorization/db/${SECURITY}`,
    "apply() {",
    '  roles="$(get "$rights/roles")" || return 1',
    `  for role in ${READER} ${WRITER}; do`,
    '    has "$roles" "$role" || ask POST "$rights/roles/$role" </dev/null || return 1',
    `    ask POST "$rights/roles/$role/permissions" <${ROLES_DIRECTORY}/"$role.json" || return 1`,
    "  done",
    '  known="$(get "$people")" || return 1',
    '  allowed="$(get "$rights/users")" || return 1',
    "  while read -r name role password; do",
    '    has "$known" "$name" || ask POST "$people/$name" </dev/null || return 1',
    `    printf '{"password":"%s"}' "$password" | ask POST "$people/$name/credentials" || return 1`,
    '    has "$allowed" "$name" || ask POST "$rights/users/$name" </dev/null || return 1',
    '    has "$(get "$rights/users/$name")" "$role" || ask POST "$rights/users/$name/roles/$role" </dev/null || return 1',
    `  done <${USERS_DIRECTORY}/${USERS_FILE}`,
    `  for name in $(echo "$allowed" | tr -d '[]" ' | tr ',' ' '); do`,
    `    grep -q "^$name " ${USERS_DIRECTORY}/${USERS_FILE} && continue`,
    `    case "$(get "$rights/users/$name")" in *'"${OURS}'*) ;; *) continue ;; esac`,
    '    ask DELETE "$people/$name" </dev/null && ask DELETE "$rights/users/$name" </dev/null || return 1',
    "  done",
    "}",
    "applied=none",
    "while :; do",
    `  touch ${ALIVE_FILE}`,
    `  wanted="$(cat ${USERS_DIRECTORY}/${USERS_FILE} ${ROLES_DIRECTORY}/*.json | sha256sum)"`,
    '  if [ "$wanted" != "$applied" ] && apply; then',
    '    applied="$wanted"',
    '    echo "users and roles are those of the stack"',
    "  fi",
    `  sleep ${String(PERIOD)}`,
    "done",
  ].join("\n");
}
