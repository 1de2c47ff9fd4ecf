/** Topics, users and their rights by Kafka's own tools, as Strimzi's operators make them of custom resources. */

export interface Topic {
  readonly topicName: string;
  readonly partitions: number;
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

interface Acl {
  readonly operations: readonly string[];
  readonly resource: { readonly type: string; readonly name?: string; readonly patternType?: string };
}

export interface User {
  readonly name: string;
  /** The variable that has its password. */
  readonly variable: string;
  readonly acls: readonly Acl[];
}

const FLAGS: Readonly<Record<string, string>> = {
  topic: "--topic",
  group: "--group",
  transactionalId: "--transactional-id",
};

const quoted = (text: string) => (/^[\w./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/** A script that may run again: what is there stays, rights that are gone from the plan too. Each tool is a start of Java, so that rights of one kind share one. */
export function adminScript(home: string, address: string, users: readonly User[], topics: readonly Topic[]): string {
  const tool = (name: string, ...words: readonly string[]) =>
    [`${home}/kafka-${name}.sh`, "--bootstrap-server", address, ...words].join(" ");
  const lines = [
    ...topics.map(({ topicName, partitions, config = {} }) =>
      tool(
        "topics",
        ...["--create", "--if-not-exists", "--topic", quoted(topicName), "--partitions", String(partitions)],
        ...Object.entries(config).flatMap(([key, value]) => ["--config", quoted(`${key}=${String(value)}`)]),
      ),
    ),
    ...users.map(({ name, variable }) =>
      tool(
        "configs",
        ...["--alter", "--entity-type", "users", "--entity-name", quoted(name)],
        ...["--add-config", `"SCRAM-SHA-512=[password=$${variable}]"`],
      ),
    ),
    ...users.flatMap(({ name, acls }) =>
      byRights(acls).map((same) => tool("acls", "--add", "--allow-principal", quoted(`User:${name}`), ...rights(same))),
    ),
  ];
  return lines.map((line) => `${line} > /dev/null\n`).join("");
}

/** Rights that differ in their names alone. */
function byRights(acls: readonly Acl[]): Acl[][] {
  const groups = new Map<string, Acl[]>();
  for (const acl of acls) {
    const key = JSON.stringify([acl.operations, acl.resource.type, acl.resource.patternType]);
    groups.set(key, [...(groups.get(key) ?? []), acl]);
  }
  return [...groups.values()];
}

function rights(same: readonly Acl[]): string[] {
  const [first] = same;
  if (first === undefined) return [];
  const { operations, resource } = first;
  const names = same.flatMap(({ resource: { type, name = "*" } }) => {
    if (type === "cluster") return ["--cluster"];
    const flag = FLAGS[type];
    if (flag === undefined) throw new Error(`Kafka's tools have no flag for a right on ${type}`);
    return [flag, quoted(name)];
  });
  const pattern = resource.patternType === "prefix" ? ["--resource-pattern-type", "prefixed"] : [];
  return [...operations.flatMap((operation) => ["--operation", operation]), ...names, ...pattern];
}
