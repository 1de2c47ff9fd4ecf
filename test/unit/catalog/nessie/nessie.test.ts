import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

import { serverProperties, startCommand } from "../../../../components/catalog/nessie/config";
import { nginxConf } from "../../../../components/catalog/nessie/front";
import { nessiePods } from "../../../../components/catalog/nessie/pods";
import { clientsOf, rules } from "../../../../components/catalog/nessie/rights";
import { keySet, token } from "../../../../components/catalog/nessie/tokens";
import { platform } from "../../../../components/cluster";
import { settingsFrom } from "../../../../components/settings";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";
import { Rendered } from "../../../../sandbox/engines/rendered";
import { VENDING } from "../../../support/vending";

const BASE = {
  nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
} as const;
const settings = (own: object) => settingsFrom({ ...BASE, catalog: { nessie: { enabled: true, ...own } } });
const namespaces = (given: object) => settings({ namespaces: given }).catalog.nessie.namespaces;
const users = (client: string) => [client, `${client}-2`];

describe("rights at the catalog that gives keys", () => {
  const given = namespaces({ gold: { write: ["trino"], read: ["reports"] }, plans: { write: ["spark"] } });

  it("are those of the settings, for a namespace and what is below it, on the one branch", () => {
    deepEqual(rules(given, users), {
      config:
        "op == 'READ_REPOSITORY_CONFIG' && role in ['reports', 'reports-2', 'spark', 'spark-2', 'trino', 'trino-2']",
      view: "op in ['VIEW_REFERENCE', 'READ_ENTRIES'] && ref == 'main' && role in ['reports', 'reports-2', 'spark', 'spark-2', 'trino', 'trino-2']",
      read:
        "op in ['READ_CONTENT_KEY', 'READ_ENTITY_VALUE'] && ref == 'main' && (" +
        "(role in ['reports', 'reports-2', 'trino', 'trino-2'] && (path == 'gold' || path.startsWith('gold.'))) || " +
        "(role in ['spark', 'spark-2'] && (path == 'plans' || path.startsWith('plans.'))))",
      commit:
        "op == 'COMMIT_CHANGE_AGAINST_REFERENCE' && ref == 'main' && role in ['spark', 'spark-2', 'trino', 'trino-2']",
      write:
        "op in ['CREATE_ENTITY', 'UPDATE_ENTITY', 'DELETE_ENTITY'] && ref == 'main' && (" +
        "(role in ['trino', 'trino-2'] && (path == 'gold' || path.startsWith('gold.'))) || " +
        "(role in ['spark', 'spark-2'] && (path == 'plans' || path.startsWith('plans.'))))",
    });
  });

  it("are nobody's where the settings name nobody, or nobody who is there", () => {
    deepEqual(rules({}, users), {});
    deepEqual(
      rules(given, () => []),
      {},
    );
    deepEqual(clientsOf(given), ["reports", "spark", "trino"]);
  });

  it("take names that can stand in a rule alone", () => {
    for (const wrong of ["gold'", "Gold", "a.b", ""])
      try {
        namespaces({ [wrong]: {} });
        ok(false, wrong);
      } catch (error) {
        match((error as Error).message, /a namespace: lower-case letters/);
      }
    try {
      namespaces({ gold: { read: ["it's"] } });
      ok(false);
    } catch (error) {
      match((error as Error).message, /a name of a program/);
    }
  });
});

describe("tokens of the catalog that gives keys", () => {
  it("are signed by a key whose public half alone the server has, and are the same again", () => {
    const [head = "", body = "", seal = ""] = token("seed", "trino").split(".");
    equal(token("seed", "trino"), `${head}.${body}.${seal}`);
    const { keys } = JSON.parse(keySet("seed")) as { keys: (JsonWebKey & { readonly kid: string })[] };
    const [key] = keys;
    ok(key !== undefined && !("d" in key));
    const open = createPublicKey({ key, format: "jwk" });
    ok(verify(null, Buffer.from(`${head}.${body}`), open, Buffer.from(seal, "base64url")));
    deepEqual(JSON.parse(Buffer.from(head, "base64url").toString()), { alg: "EdDSA", kid: key.kid, typ: "JWT" });
    deepEqual(JSON.parse(Buffer.from(body, "base64url").toString()), {
      iss: "lakehouse",
      sub: "trino",
      iat: 0,
      exp: 4_102_444_800,
    });
    notEqual(token("another", "trino"), token("seed", "trino"));
  });
});

describe("configuration of the catalog that gives keys", () => {
  it("divides memory and connections, and names a role where the store asks for one", () => {
    const all = settings({
      server: { replicas: 2, memory: "1Gi" },
      connections: 30,
      keyMinutes: 15,
      roleArn: "arn:aws:iam::000000000000:role/tables",
    });
    const [group] = nessiePods(platform(all), all.catalog.nessie);
    ok(group);
    ok(startCommand(group).includes("-Xmx614m"));
    const places = { jdbcUrl: "jdbc:postgresql://db:5432/nessie", s3: { url: "http://s3", region: "r", bucket: "b" } };
    const text = serverProperties(all.catalog.nessie, { one: "op == 'X'" }, places);
    match(text, /^quarkus\.datasource\.postgresql\.jdbc\.max-size=15$/m);
    match(text, /client-iam\.session-duration=PT15M$/m);
    match(text, /client-iam\.assume-role=arn:aws:iam::000000000000:role\/tables$/m);
    match(text, /^nessie\.server\.authorization\.rules\.one=op == 'X'$/m);
    match(text, /warehouses\.lake\.location=s3:\/\/b\/nessie\/$/m);
  });

  it("has nothing of the server open but the catalog of the one branch", () => {
    const text = nginxConf();
    deepEqual(
      [...text.matchAll(/location (.*) \{/g)].map(([, at]) => at?.split(" {")[0]),
      [
        "= /alive",
        "~ ^/iceberg/v1/(config|main/(namespaces|tables|views|transactions)(/.*)?)$",
        "/",
        "/",
        "= /keys.json",
        "/",
      ],
    );
  });
});

describe("a stack with the catalog that gives keys", () => {
  let rendered: Rendered;
  before(async () => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    rendered = await Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...VENDING } });
  });

  it("gives Trino a catalog with a token in place of keys", () => {
    for (const role of ["coordinator", "worker"]) {
      const text = rendered.configMap(`trino-${role}-catalog`)["vended.properties"] ?? "";
      match(text, /^iceberg\.rest-catalog\.uri=http:\/\/nessie\.lakehouse-catalog\.svc:8181\/iceberg$/m);
      match(text, /^iceberg\.rest-catalog\.oauth2\.token=\$\{ENV:TRINO_VENDED_TOKEN\}$/m);
      match(text, /^iceberg\.rest-catalog\.vended-credentials-enabled=true$/m);
      doesNotMatch(text, /S3_|aws-|cache/);
    }
  });

  it("gives Spark's drivers a token by their environment, and executors none", () => {
    const { spec } = rendered.object("SparkApplication", "bronze-to-silver") as {
      spec: { sparkConf: Record<string, string>; driver: object; executor: object };
    };
    equal(spec.sparkConf["spark.sql.catalog.vended.uri"], "http://nessie.lakehouse-catalog.svc:8181/iceberg");
    equal(spec.sparkConf["spark.sql.catalog.vended.header.X-Iceberg-Access-Delegation"], "vended-credentials");
    ok(!Object.keys(spec.sparkConf).some((key) => key.startsWith("spark.sql.catalog.vended") && /token|key/.test(key)));
    match(JSON.stringify(spec.driver), /LAKEHOUSE_VENDED_TOKEN.*spark-nessie/);
    doesNotMatch(JSON.stringify(spec.executor), /VENDED/);
  });

  it("gives a program a Secret beside the catalog, with a name that is no engine's", () => {
    const claims = (secret: string) =>
      JSON.parse(Buffer.from(rendered.secret(secret, "token").split(".")[1] ?? "", "base64url").toString()) as {
        sub: string;
      };
    equal(claims("nessie-reports").sub, "program:reports");
    equal(claims("trino-nessie").sub, "trino");
  });

  it("lets its own user into its prefix of the bucket alone", () => {
    const [policy] = rendered
      .resources<{ name: string; policy: string }>("minio", "iampolicy")
      .filter(({ name }) => name === "nessie");
    const resources = JSON.stringify(JSON.parse(policy?.policy ?? "{}"));
    match(resources, /arn:aws:s3:::warehouse\/nessie\/\*/);
    doesNotMatch(resources, /gold|silver|bronze|warehouse\/\*/);
  });

  it("gives no catalog to an engine that the settings name nowhere", async () => {
    const none = await rendered.having({
      "lakehouse:catalog": JSON.stringify({ nessie: { enabled: true, namespaces: { gold: { write: ["spark"] } } } }),
    });
    ok(!("vended.properties" in none.configMap("trino-coordinator-catalog")));
    ok(!none.has("Secret", "trino-nessie"));
  });
});
