import { ofKind, ofProvider, type StackObject, type StandIn } from "../../core/composition";
import { fromSecret, passwordVariable, SETUP, setup, variable } from "../../core/stand-in";
import { shared } from "../../core/versions";
import { type ClientCommand, commands } from "./commands";
import { S3_PORT } from "./config";

/** Buckets, users and rights without the provider: a Job with MinIO's client. */

const NAME = "minio";
const USER = 1000;

interface Server {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } };
}

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  const [server] = ofKind<Server>(objects, "StatefulSet").filter(({ metadata }) => metadata.name === NAME);
  if (server === undefined) return [];
  return [{ of: objects.filter(({ type }) => String(type).startsWith("minio:")), objects: setupOf(server, objects) }];
}

function setupOf({ metadata: { namespace }, spec }: Server, objects: readonly StackObject[]): StackObject[] {
  const steps = commands(objects).flat();
  const passwords = ofProvider<{ name: string; secret: string }>(objects, "minio", "iamUser").map((user) => ({
    variable: passwordVariable(user.name),
    value: user.secret,
  }));
  const root = (name: string, key: string) => fromSecret(name, { name: `${NAME}-root`, key });
  const url = `http://$(ROOT_USER):$(ROOT_PASSWORD)@${NAME}.${namespace}.svc:${String(S3_PORT)}`;
  const policies = steps.flatMap(({ file }) => (file === undefined ? [] : [[file.name, file.text] as const]));
  return setup({
    service: NAME,
    namespace,
    image: shared.minioClient.image,
    user: USER,
    command: ["/bin/sh", "-eu", `${SETUP}/setup.sh`],
    env: [
      variable("MC_CONFIG_DIR", "/tmp/mc"),
      root("ROOT_USER", "user"),
      root("ROOT_PASSWORD", "password"),
      variable("MC_HOST_store", url),
      ...passwords.map(({ variable: name, value }) => variable(name, value)),
    ],
    files: { "setup.sh": script(steps, passwords), ...Object.fromEntries(policies) },
    server: spec.selector.matchLabels,
  });
}

const quoted = (text: string) => (/^[\w./:=,*-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/** The commands for a shell, which takes passwords from its environment. It may run again: what is there stays. */
export function script(
  steps: readonly ClientCommand[],
  passwords: readonly { readonly variable: string; readonly value: string }[],
): string {
  const variables = new Map(passwords.map(({ variable: name, value }) => [value, name]));
  const word = (text: string) => {
    const name = variables.get(text);
    return name === undefined ? quoted(text) : `"$${name}"`;
  };
  const mc = (args: readonly string[]) => ["mc", "--quiet", ...args.map(word)].join(" ");
  const lines = steps.map(({ args, input, file, done }) => {
    const line = mc([...args, ...(file === undefined ? [] : [`${SETUP}/${file.name}`])]);
    if (input !== undefined) return `printf '%s' ${quoted(input)} | ${line}`;
    return done === undefined ? line : `${mc(done.args)} | grep -qxF ${quoted(done.line)} || ${line}`;
  });
  return `${lines.join("\n")}\n`;
}
