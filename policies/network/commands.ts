import { Field } from "../core/field";

/** A command of a container that fetches something from outside of the cluster. */
export interface Fetch {
  /** `mvn` */
  readonly command: string;
  /** Alternatives: one open port is enough. */
  readonly ports: readonly number[];
  /** The field with the command. */
  readonly field: Field;
}

/** Whether a host in a URL is a Service of the cluster. */
export type IsClusterHost = (host: string) => boolean;

interface Tool {
  /** Arguments with which it fetches. @default any */
  readonly when?: RegExp;
  /** Arguments with which it does not fetch. @default none */
  readonly unless?: RegExp;
  /** Ports of its default repositories; empty for tools that fetch only URLs in their arguments. @default 443 */
  readonly ports?: readonly number[];
}

const INSTALL = /(^|\s)(add|install|update|upgrade)(\s|$)/;
const NPM: Tool = { when: /^(add|ci|dlx|exec|i|install|update)(\s|$)/, unless: /--offline\b/ };
const MAVEN: Tool = { when: /\S/, unless: /(^|\s)(-o|--offline|-v|--version)(\s|$)/ };
const GRADLE: Tool = { unless: /(^|\s)(--offline|--version)(\s|$)/ };
const PIP: Tool = { when: /(^|\s)(download|install|wheel)(\s|$)/, unless: /--no-index\b/ };
/** Debian's mirrors use plain HTTP. */
const APT: Tool = { when: INSTALL, ports: [80, 443] };
const URL_ONLY: Tool = { ports: [] };

/** Commands that fetch from the internet. */
const TOOLS: ReadonlyMap<string, Tool> = new Map([
  ["mvn", MAVEN],
  ["mvnw", MAVEN],
  ["gradle", GRADLE],
  ["gradlew", GRADLE],
  ["pip", PIP],
  ["pip3", PIP],
  ["npm", NPM],
  ["pnpm", NPM],
  ["yarn", NPM],
  ["npx", {}],
  ["apt", APT],
  ["apt-get", APT],
  ["apk", { when: INSTALL, unless: /--no-network\b/, ports: [80, 443] }],
  ["dnf", { when: INSTALL }],
  ["microdnf", { when: INSTALL }],
  ["yum", { when: INSTALL }],
  ["curl", URL_ONLY],
  ["git", { ...URL_ONLY, when: /(^|\s)(clone|fetch|pull)(\s|$)/ }],
  ["wget", URL_ONLY],
]);

/** Fetches in a container's command and arguments, one for each set of ports. */
export function fetches(container: Field, inside: IsClusterHost): Fetch[] {
  // With a proxy, the container itself connects to no repository.
  const env = container.at("env").items;
  if (env.some((variable) => /^(https?|all)_proxy$/i.test(variable.at("name").text ?? ""))) return [];
  const mirrors = env.filter((variable) => /index|mirror|registry|repo/i.test(variable.at("name").text ?? ""));
  const script = scriptOf(container);
  if (script === undefined) return [];
  const mirrored = urls(mirrors.map((variable) => variable.at("value").text ?? "").join("\n"));
  const found = fetchesIn(script.text ?? "", mirrored, inside).map((fetch) => ({ ...fetch, field: script }));
  return [...new Map(found.map((fetch) => [fetch.ports.join(), fetch])).values()];
}

/** The script in the arguments of a shell, or the command itself. */
function scriptOf(container: Field): Field | undefined {
  const words = [...container.at("command").items, ...container.at("args").items].filter(
    ({ text }) => text !== undefined,
  );
  const shell = words.findIndex(({ text = "" }) => /(^|\/)(ba|da|a|z)?sh$/.test(text));
  const flag = words.findIndex(({ text = "" }, index) => index > shell && /^-[a-z]*c$/.test(text));
  if (shell >= 0 && flag >= 0) return words[flag + 1];
  const [first] = words;
  return first && Field.made(words.map(({ text }) => text).join(" "), first.path);
}

type Url = readonly [host: string, port: number];

function urls(text: string): Url[] {
  const found = text.matchAll(/(https?):\/\/(?:[^\s/@"'`]*@)?([A-Za-z0-9.-]+)(?::(\d+))?/g);
  return [...found].map(([, scheme, host = "", port]) => [host, Number(port ?? (scheme === "http" ? 80 : 443))]);
}

/** Whether a host is a name on the internet: with dots, no IP address, and not cut off by a shell variable. */
function outside([host]: Url, inside: IsClusterHost): boolean {
  return /^[^.].*\.[a-z][a-z0-9-]*$/i.test(host) && !inside(host);
}

function fetchesIn(script: string, mirrors: readonly Url[], inside: IsClusterHost): Omit<Fetch, "field">[] {
  const commands = commandsIn(script);
  // URLs of repositories for package managers: all but those that URL-only tools such as curl fetch.
  const named = commands.filter(({ tool }) => tool?.ports?.length !== 0).flatMap(({ line }) => urls(line));
  const repositories = [...mirrors, ...named];
  const local = repositories.some(([host]) => inside(host));
  return commands.flatMap(({ name, tool, args, line }) => {
    if (tool === undefined || tool.when?.test(args) === false || tool.unless?.test(args) === true) return [];
    const own = tool.ports ?? [443];
    if (own.length > 0 && local) return [];
    const given = (own.length > 0 ? repositories : urls(line))
      .filter((url) => outside(url, inside))
      .map(([, port]) => port);
    const ports = [...new Set([...own, ...given])];
    return ports.length === 0 ? [] : [{ command: name, ports }];
  });
}

interface Command {
  readonly name: string;
  readonly tool: Tool | undefined;
  readonly args: string;
  readonly line: string;
}

/** Words before a command: assignments, keywords and wrappers. */
const PREFIX =
  /^(?:(?:\w+=\S*|!|\{|--|command|do|dumb-init|else|env|exec|if|nice|nohup|sudo|then|time|tini|while)(?:\s+|$))+/;

/** The commands of a shell script. The parser knows no quotes. */
function commandsIn(script: string): Command[] {
  const lines = script.replace(/\\\n/g, " ").split(/\n|;|&&|\|\|?|\$\(|`|\(/);
  return lines.map((text) => {
    const line = text.trim().replace(PREFIX, "");
    const module = /^\S*python[\d.]*\s+-m\s+(?=pip\s)/.exec(line)?.[0] ?? "";
    const [first = "", ...rest] = line.slice(module.length).split(/\s+/);
    const name = first.replace(/["']/g, "").split("/").at(-1) ?? "";
    return { name, tool: TOOLS.get(name), args: rest.join(" "), line };
  });
}
