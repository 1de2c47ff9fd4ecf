import { Field } from "../core/field";

/** A command of a container that fetches something from outside of the cluster. */
export interface Fetch {
  /** `mvn` */
  readonly command: string;
  /** One of them is enough. */
  readonly ports: readonly number[];
  /** Where the command stands. */
  readonly field: Field;
}

/** Whether a host of a URL is inside of the cluster. */
export type Inside = (host: string) => boolean;

interface Tool {
  /** What its arguments say when it fetches. @default always */
  readonly when?: RegExp;
  /** What they say when it does not. */
  readonly unless?: RegExp;
  /** Ports of the places that it knows by itself; none for tools that are told a URL. @default 443 */
  readonly ports?: readonly number[];
}

const INSTALL = /(^|\s)(add|install|update|upgrade)(\s|$)/;
const NPM: Tool = { when: /^(add|ci|dlx|exec|i|install|update)(\s|$)/, unless: /--offline\b/ };
const MAVEN: Tool = { when: /\S/, unless: /(^|\s)(-o|--offline|-v|--version)(\s|$)/ };
const GRADLE: Tool = { unless: /(^|\s)(--offline|--version)(\s|$)/ };
const PIP: Tool = { when: /(^|\s)(download|install|wheel)(\s|$)/, unless: /--no-index\b/ };
/** Debian's own mirrors speak plain HTTP. */
const APT: Tool = { when: INSTALL, ports: [80, 443] };
const URL_ONLY: Tool = { ports: [] };

/** Commands that fetch from the internet. A new one is one more row. */
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

/** What a container's command and arguments fetch; each combination of ports once. */
export function fetches(container: Field, inside: Inside): Fetch[] {
  // Through a proxy, nothing is asked from where it is.
  const env = container.at("env").items;
  if (env.some((variable) => /^(https?|all)_proxy$/i.test(variable.at("name").text ?? ""))) return [];
  const mirrors = env.filter((variable) => /index|mirror|registry|repo/i.test(variable.at("name").text ?? ""));
  const script = scriptOf(container);
  if (script === undefined) return [];
  const mirrored = urls(mirrors.map((variable) => variable.at("value").text ?? "").join("\n"));
  const found = fetchesIn(script.text ?? "", mirrored, inside).map((fetch) => ({ ...fetch, field: script }));
  return [...new Map(found.map((fetch) => [fetch.ports.join(), fetch])).values()];
}

/** The script that a shell is given, or the command itself. */
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

/** A name with dots that may be somewhere in the world: no address, and not cut off by a variable. */
function outside([host]: Url, inside: Inside): boolean {
  return /^[^.].*\.[a-z][a-z0-9-]*$/i.test(host) && !inside(host);
}

function fetchesIn(script: string, mirrors: readonly Url[], inside: Inside): Omit<Fetch, "field">[] {
  const commands = commandsIn(script);
  // Addresses that package managers are told: everything but what other commands load.
  const told = commands.filter(({ tool }) => tool?.ports?.length !== 0).flatMap(({ line }) => urls(line));
  const places = [...mirrors, ...told];
  const local = places.some(([host]) => inside(host));
  return commands.flatMap(({ name, tool, args, line }) => {
    if (tool === undefined || tool.when?.test(args) === false || tool.unless?.test(args) === true) return [];
    const own = tool.ports ?? [443];
    if (own.length > 0 && local) return [];
    const given = (own.length > 0 ? places : urls(line)).filter((url) => outside(url, inside)).map(([, port]) => port);
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

/** Words before a command that are not the command. */
const PREFIX =
  /^(?:(?:\w+=\S*|!|\{|--|command|do|dumb-init|else|env|exec|if|nice|nohup|sudo|then|time|tini|while)(?:\s+|$))+/;

/** The commands of a shell script, taken apart roughly. */
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
