import { deepEqual, doesNotMatch, match } from "node:assert/strict";

import { passwordFile, rules } from "../../../../components/query/trino/access";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";
import { Rendered } from "../../../../sandbox/engines/rendered";
import { ONE } from "../../../support/ca";

const CATALOGS = { writable: ["lakehouse", "delta", "postgres"], readOnly: ["kafka"] };
const GROUPS = {
  analysts: { read: ["gold", "kafka.default"], write: [], rows: [{ table: "gold.a", where: "x = 1" }], masks: [] },
};

/** What the stack `dev` has of Trino with more settings. */
async function rendered(more: Readonly<Record<string, object>>) {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  const own = (section: string) => JSON.parse(config.values[`lakehouse:${section}`] ?? "{}") as object;
  const values = Object.fromEntries(
    Object.entries(more).map(([section, of]) => [`lakehouse:${section}`, JSON.stringify({ ...own(section), ...of })]),
  );
  const stack = await Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...values } });
  const properties = (role: string) => stack.configMap(`trino-${role}-etc`)["config.properties"] ?? "";
  const people = stack.has("Secret", "trino-people")
    ? Object.keys((stack.object("Secret", "trino-people") as { stringData: object }).stringData)
    : [];
  return { coordinator: properties("coordinator"), worker: properties("worker"), people };
}

interface Rule {
  readonly user?: string;
  readonly [key: string]: unknown;
}
const of = (text: string, section: string) => (JSON.parse(text) as Record<string, Rule[]>)[section] ?? [];

describe("Trino's rules of access", () => {
  const people = { "ada": { groups: ["analysts"], password: 1 }, "eve.b": { groups: [], password: 1 } };
  const access = { signIn: true, people, groups: GROUPS };
  const clients = [
    { users: ["airflow", "airflow-2"], rights: { everything: true } },
    { users: ["query-api"], rights: { as: "everybody" as const } },
    { users: ["person-ada"], rights: { as: ["ada"], write: ["person_ada"] } },
  ];
  const text = rules(access, clients, CATALOGS);

  it("let programs do what they are granted, and ask in the names of those alone whom they are for", () => {
    deepEqual(of(text, "impersonation"), [
      { original_user: "query-api", new_user: String.raw`ada|eve\.b` },
      { original_user: "person-ada", new_user: "ada" },
      { original_user: ".*", new_user: ".*", allow: false },
    ]);
    deepEqual(
      of(text, "catalogs")
        .filter(({ user }) => user === "airflow|airflow-2")
        .map(({ catalog, allow }) => [catalog, allow]),
      [
        ["lakehouse", "all"],
        ["delta", "all"],
        ["postgres", "all"],
        ["kafka", "read-only"],
      ],
    );
  });

  it("give a person a schema of the person's own, and no catalog that no group names", () => {
    const ada = (section: string) => of(text, section).filter(({ user }) => user === "ada");
    deepEqual(ada("schemas"), [{ user: "ada", catalog: "lakehouse|delta", schema: "person_ada", owner: true }]);
    deepEqual(
      ada("catalogs").map(({ catalog, allow }) => [catalog, allow]),
      [
        ["lakehouse", "all"],
        ["delta", "all"],
        ["kafka", "read-only"],
      ],
    );
    deepEqual(
      of(text, "catalogs").filter(({ user }) => user === String.raw`eve\.b`),
      [],
    );
  });

  it("bound a table before its schema, and end with nothing for anybody", () => {
    const tables = of(text, "tables");
    const at = (found: (rule: Rule) => boolean) => tables.findIndex(found);
    deepEqual(tables[at(({ filter }) => filter === "x = 1") + 1], {
      user: "ada",
      catalog: "lakehouse|delta",
      schema: "gold",
      table: "a[$].*",
      privileges: [],
    });
    deepEqual(
      at(({ filter }) => filter === "x = 1") < at(({ schema, table }) => schema === "gold" && table === undefined),
      true,
    );
    deepEqual(tables.at(-1), { privileges: [] });
  });
});

describe("Trino's file of passwords", () => {
  it("has bcrypt by the name that Trino knows", () => {
    deepEqual(passwordFile({ eve: "$2a$10$abc", ada: "$2a$10$def" }), "ada:$2y$10$def\neve:$2y$10$abc\n");
  });
});

describe("a Trino that asks who one is", () => {
  const cluster = { certManager: true, issuer: "lab", caBundle: ONE };
  const access = {
    signIn: "password",
    people: { ada: { groups: ["analysts"] } },
    groups: { analysts: { read: ["gold"] } },
  };
  const identity = {
    mode: "deployed",
    url: "https://id.example.org",
    clients: { trino: { url: "https://sql.example.org" } },
  };

  it("has people's passwords where there is no issuer", async () => {
    const files = await rendered({ cluster, access });
    match(files.coordinator, /^http-server\.authentication\.type=PASSWORD$/m);
    doesNotMatch(files.worker, /authentication|https/);
    deepEqual(files.people, ["ada"]);
  });

  it("sends people to the issuer where it is a client of one, and keeps no password of theirs", async () => {
    const files = await rendered({ cluster, access, catalog: { identity } });
    match(files.coordinator, /^http-server\.authentication\.type=OAUTH2,PASSWORD$/m);
    match(files.coordinator, /^http-server\.authentication\.oauth2\.client-secret=\$\{ENV:TRINO_SIGN_IN_SECRET\}$/m);
    match(files.coordinator, /oauth2\.token-url=https:\/\/keycloak\.lakehouse-identity\.svc:8443\//);
    match(files.coordinator, /oauth2\.auth-url=https:\/\/id\.example\.org\//);
    deepEqual(files.people, []);
  });
});
