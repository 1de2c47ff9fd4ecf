import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { violations } from "../../planner/verdict";
import type { Recorded } from "../../preview/recorder";
import { SHOP } from "../unit/query/hasura/settings";
import { having, judged } from "./harness";
import { openLinks, unnoticed } from "./links";

const HASURA = {
  enabled: true,
  jwt: {
    jwkUrl: "https://keys.example.org:8443/jwks",
    cidrs: ["203.0.113.0/24"],
    issuer: "https://login.example.org/",
  },
  cors: ["https://app.example.org"],
  unauthorizedRole: "anonymous",
  sources: [SHOP],
};
const OURS = /^hasura(-|$)/;

const planned = (hasura: object, more: Readonly<Record<string, string>> = {}) =>
  judged("dev", { ...having("dev", "query", { hasura }), ...more });

describe("a stack with Hasura", function () {
  let resources: readonly Recorded[];
  let plan: Awaited<ReturnType<typeof judged>>["plan"];
  let pack: PolicyPack;
  before(async () => {
    ({ resources, plan } = await planned(HASURA));
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });
  const one = (type: string, name: string, among = resources) =>
    among.find((each) => each.type === type && each.name === name) ?? assert.fail(`no ${type} ${name}`);
  const server = (among = resources) =>
    JSON.stringify(one("kubernetes:apps/v1:Deployment", "hasura-server", among).inputs);

  it("fits the dev stack beside everything that it has, and is refused by no policy", () => {
    assert.equal(plan.verdict, "ok");
    assert.deepEqual(violations(plan.policies), []);
  });

  it("fails without either side of any of its links", async () => {
    const links = openLinks(resources).filter(({ inputs }) =>
      [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
    );
    assert.deepEqual(links.map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)}`).toSorted(), [
      "hasura-check → hasura",
      "hasura-metadata → hasura",
      "hasura-server → hasura-jwt",
      "hasura-server → postgres",
    ]);
    assert.deepEqual(await unnoticed(pack, resources, links), []);
  });

  it("opens no way to an issuer without one, and none to any other server", async () => {
    const { resources: without } = await planned({ enabled: true });
    const ways = without.filter(
      ({ type, inputs }) => type === "lakehouse:core:Link" && inputs.from === "hasura-server",
    );
    assert.deepEqual(
      ways.map(({ inputs }) => inputs.to),
      ["postgres"],
    );
    assert.doesNotMatch(server(without), /jwt-secret|cors-domain/);
  });

  it("has its pods and its task start after rights that are there, and the task after the pods", () => {
    const after = (type: string, name: string) =>
      one(type, name)
        .request.getDependenciesList()
        .map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
    const rights = after("kubernetes:core/v1:Secret", "hasura-postgres-shop");
    for (const name of ["hasura-shop", "hasura-shop-table-public-orders", "hasura-shop-columns-public-orders"])
      assert.ok(rights.includes(name), `${name} is not among ${rights.join()}`);
    assert.ok(after("kubernetes:apps/v1:Deployment", "hasura-server").includes("hasura-postgres-shop"));
    assert.ok(after("kubernetes:batch/v1:Job", "hasura-metadata").includes("hasura-server"));
  });

  it("has no secret in the clear: not in manifests, and not in the metadata", () => {
    const map = one("kubernetes:core/v1:ConfigMap", "hasura-metadata-request").inputs as {
      readonly data: Readonly<Record<string, string>>;
    };
    assert.match(map.data["request.json"] ?? "", /"from_env": "SOURCE_SHOP_URL"/);
    assert.doesNotMatch(map.data["request.json"] ?? "", /postgresql:\/\//);
    for (const [, user, password] of server().matchAll(/postgresql:\/\/([^:]+):([^@]+)@/g))
      assert.match(`${String(user)} ${String(password)}`, /^\$\(\w+_USER\) \$\(\w+_PASSWORD\)$/);
  });

  it("rolls pods and task to another generation of every credential", async () => {
    const rotation = { "lakehouse:credentials": JSON.stringify({ hasura: { generation: 2, keepPrevious: true } }) };
    const { resources: rotated, plan: verdict } = await planned(HASURA, rotation);
    assert.deepEqual(violations(verdict.policies), []);
    const secrets = (among: readonly Recorded[]) => [
      ...new Set([...server(among).matchAll(/"name":"(hasura-(?:admin|postgres)[\w-]*)"/g)].map(([, name]) => name)),
    ];
    assert.deepEqual(secrets(resources), ["hasura-postgres", "hasura-postgres-shop", "hasura-admin"]);
    assert.deepEqual(secrets(rotated), ["hasura-postgres-2", "hasura-postgres-shop-2", "hasura-admin-2"]);
    const job = JSON.stringify(one("kubernetes:batch/v1:Job", "hasura-metadata", rotated).inputs);
    assert.match(job, /"name":"hasura-admin-2"/);
    for (const name of ["hasura-admin", "hasura-postgres-shop"]) one("kubernetes:core/v1:Secret", name, rotated);
  });
});
