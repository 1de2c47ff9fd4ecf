import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { declaration, QUARANTINED } from "../../../../components/orchestration/sources/config";
import { item } from "../../../../components/orchestration/sources/items";
import { sourceMonitoring } from "../../../../components/orchestration/sources/monitoring";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";
import { Rendered } from "../../../../sandbox/engines/rendered";

const LAKE = { endpoint: "http://minio:9000", region: "eu", bucket: "a-bronze" };
const COMMON = { schedule: "0 * * * *", cidrs: ["192.0.2.0/24"] };
const HTTP = { kind: "http", url: "https://data.example.org/a.csv", format: "csv", ...COMMON };
const CRM = {
  kind: "jdbc",
  url: "mariadb://db.example.org:3306/crm",
  secret: "crm",
  table: "t",
  highWater: "id",
  ...COMMON,
};

const declared = (given: object) => JSON.parse(declaration("one", item.parse(given), LAKE)) as Record<string, object>;

describe("the declaration of a source", () => {
  it("has two prefixes of its own in bronze, and sizes in bytes", () => {
    const { lake, maxBytes, freshSeconds, scratch } = declared({ ...HTTP, maxSize: "1Mi", freshHours: 2 });
    deepEqual(lake, { ...LAKE, prefix: "sources/one/", quarantine: "quarantine/one/" });
    deepEqual([maxBytes, freshSeconds, scratch], [2 ** 20, 7200, "/tmp"]);
  });

  it("names other hosts with their ports, and a database by its parts", () => {
    const redirects = [{ origin: "https://cdn.example.org:8443", cidrs: ["192.0.2.0/24"] }];
    deepEqual(declared({ ...HTTP, redirects }).of, {
      url: HTTP.url,
      auth: "none",
      redirects: ["cdn.example.org:8443"],
    });
    const { of } = declared(CRM);
    const place = { dialect: "mariadb", host: "db.example.org", port: 3306, database: "crm", tls: "verify" };
    deepEqual(of, { ...place, table: "t", highWater: "id", rows: 1_000_000, settleSeconds: 60 });
  });

  it("ends as the program ends", () => {
    const program = readFileSync(join(PROJECT_FOLDER, "services/sources/sources/run.py"), "utf8");
    ok(program.includes(`DONE, FAILED, MISTAKE, QUARANTINED = 0, 1, 2, ${String(QUARANTINED)}`));
  });
});

describe("alerts of a source", () => {
  it("do not take another source's jobs for its own", () => {
    const { alerts } = sourceMonitoring("sources-a", "lakehouse-sources", 1);
    for (const { expr } of alerts.slice(1)) ok(expr.includes('job_name=~"sources-a-[0-9]+"'), expr);
  });

  it("promise nothing where the settings do not", () => {
    const names = sourceMonitoring("sources-a", "lakehouse-sources", 0).alerts.map(({ name }) => name);
    deepEqual(names, ["SourceFailing", "SourceQuarantined"]);
  });
});

interface Cron {
  readonly concurrencyPolicy: string;
  readonly jobTemplate: {
    readonly spec: {
      readonly podFailurePolicy: object;
      readonly activeDeadlineSeconds: number;
      readonly template: { readonly spec: { readonly volumes: readonly object[] } };
    };
  };
}
interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly egress?: readonly object[] };
}

describe("a source as it is rendered", function () {
  this.timeout(60_000);
  let rendered: Rendered;

  before(async () => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const items = {
      web: { ...HTTP, auth: "bearer", secret: "web-token" },
      drop: { kind: "files", claim: "scans", format: "raw", schedule: "0 * * * *" },
      shop: {
        kind: "jdbc",
        store: "postgres",
        database: "shop",
        table: "orders",
        highWater: "id",
        schedule: "0 * * * *",
      },
    };
    const sources = { enabled: true, image: "registry.example.org/sources:1", items };
    const values = { ...config.values, "lakehouse:orchestration": JSON.stringify({ sources }) };
    rendered = await Rendered.of("dev", (resource) => `secret-of-${resource}`, { ...config, values });
  });

  it("is one CronJob of which one run takes place, that does not try again what is in quarantine", () => {
    const spec = rendered.object("CronJob", "sources-web").spec as Cron;
    equal(spec.concurrencyPolicy, "Forbid");
    equal(spec.jobTemplate.spec.activeDeadlineSeconds, 3600);
    deepEqual(spec.jobTemplate.spec.podFailurePolicy, {
      rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [3] } }],
    });
  });

  it("may add below its own prefixes, and may delete nothing", () => {
    const users = rendered.resources<{ policy?: string; name?: string }>("minio", "iamPolicy");
    const own = users.find(({ name }) => name === "sources-web");
    ok(own?.policy);
    const { Statement: all } = JSON.parse(own.policy) as { Statement: { Action: string[]; Resource: string[] }[] };
    deepEqual(
      all.flatMap(({ Action, Resource }) => (Action.includes("s3:PutObject") ? Resource : [])),
      ["arn:aws:s3:::bronze/sources/web/*", "arn:aws:s3:::bronze/quarantine/web/*"],
    );
    ok(!own.policy.includes("Delete"));
  });

  it("reaches its host, the store and nothing else", () => {
    const names = rendered
      .objects<Policy>("NetworkPolicy")
      .filter(({ metadata: { name }, spec }) => name.startsWith("sources-") && spec.egress !== undefined)
      .map(({ metadata }) => metadata.name);
    const expected = ["sources-drop-to-minio", "sources-shop-to-minio", "sources-shop-to-postgres"];
    deepEqual(names.toSorted(), [...expected, "sources-web-to-minio", "sources-web-to-sources-web-host"]);
  });

  it("mounts the claim of a file drop, to read", () => {
    const { volumes } = (rendered.object("CronJob", "sources-drop").spec as Cron).jobTemplate.spec.template.spec;
    const claim = { claimName: "scans", readOnly: true };
    ok(volumes.some((each) => JSON.stringify(each) === JSON.stringify({ name: "drop", persistentVolumeClaim: claim })));
  });

  it("has no secret in its declaration, and takes those of others from the named Secret", () => {
    const { env = [] } = rendered.container("CronJob", "sources-web", "source");
    const secrets = Object.fromEntries(env.map(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef]));
    deepEqual(secrets.SOURCE_TOKEN, { name: "web-token", key: "token" });
    for (const name of ["web", "drop", "shop"])
      ok(!rendered.configMap(`sources-${name}-source`)["source.json"]?.includes("secret-of"));
  });
});
