import { join } from "node:path";

import type { Login } from "../../sandbox/engines/local/home";
import type { Ports } from "../../sandbox/engines/local/places";
import { clientNamed, clients } from "./clients";
import { commandName } from "./tables";

export interface Place {
  readonly ports: Ports;
  readonly logins: readonly Login[];
  /** The lakehouse's folder. */
  readonly folder: string;
}

/** The service whose key clients get. */
const SERVICE = "spark-s3";
const HIDDEN = "<--show-credentials>";

/** @param show prints passwords; otherwise a placeholder says how to get them */
export function connect(client: string, { ports, logins, folder }: Place, show: boolean): string {
  const { what, install, text } = clientNamed(client);
  const login = (name: string) => logins.find((each) => each.name === name);
  const secret = (name: string) => (show ? (login(name)?.password ?? "") : HIDDEN);
  const settings = text({
    trino: ports.trino,
    postgres: ports.postgres,
    s3: `http://127.0.0.1:${ports.s3}`,
    rest: `http://127.0.0.1:${ports.rest}/iceberg`,
    key: login(SERVICE)?.user ?? "",
    secret: secret(SERVICE),
    superuser: login("postgres-superuser")?.user ?? "",
    superuserPassword: secret("postgres-superuser"),
    spark: `sc://127.0.0.1:${ports.sparkConnect}`,
    sparkToken: secret("spark-connect-token"),
    kafka: `127.0.0.1:${ports.kafkaReplication}`,
    certificates: join(folder, "kafka-certificates"),
  });
  const more = settings.includes(HIDDEN)
    ? `# ${commandName()} local connect ${client} --show-credentials prints the password\n`
    : "";
  return `# ${what} (${install})\n${more}${settings}`;
}

/** The section of docs/local.md with the settings of all clients, at the default ports. */
export function connectSection(ports: Ports): string {
  const logins = [
    { name: SERVICE, user: "spark", password: "" },
    { name: "postgres-superuser", user: "postgres", password: "" },
  ];
  return Object.keys(clients)
    .map((client) => {
      const [title = "", ...lines] = connect(client, { ports, logins, folder: "<folder>" }, false).split("\n");
      const settings = lines.filter((line) => !line.startsWith("#")).join("\n");
      return `**${client}**: ${title.replace("# ", "")}\n\`\`\`\n${settings}\`\`\`\n`;
    })
    .join("\n");
}
