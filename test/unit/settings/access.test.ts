import { deepEqual } from "node:assert/strict";

import { SettingsError } from "../../../components/settings";
import { ONE } from "../../support/ca";
import { homelab } from "../orchestration/fixtures";

const cluster = { certManager: true, issuer: "lab", caBundle: ONE };
const analysts = { read: ["gold"], rows: [{ table: "gold.orders", where: "region = 'EU'" }] };

function mistakes(access: object, over: object = { cluster }): string[] {
  try {
    homelab({ access, ...over });
    return [];
  } catch (error) {
    if (error instanceof SettingsError)
      return error.mistakes
        .filter(({ path }) => path.startsWith("lakehouse:access"))
        .map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
}

describe("settings of who may what", () => {
  it("are right where everybody signs in by TLS", () => {
    deepEqual(mistakes({ signIn: "password", people: { ada: { groups: ["analysts"] } }, groups: { analysts } }), []);
  });

  it("hold for nobody who may say that he is another", () => {
    deepEqual(mistakes({ people: { ada: {} }, groups: { analysts } }), [
      "lakehouse:access.people: given, but nobody signs in; allowed: none, or lakehouse:access.signIn: password, or lakehouse:catalog.identity.mode: deployed or existing",
      "lakehouse:access.groups: given, but nobody signs in; allowed: none, or lakehouse:access.signIn: password, or lakehouse:catalog.identity.mode: deployed or existing",
    ]);
  });

  it("need a certificate that every pod trusts, and an engine", () => {
    const tls =
      "lakehouse:access.signIn: given password, which needs TLS; allowed: off, or cert-manager with lakehouse:cluster.certManager: true, cluster.issuer and the issuer's certificate in cluster.caBundle";
    const without = [{ certManager: false }, { issuer: undefined }, { caBundle: undefined }];
    for (const missing of without)
      deepEqual(mistakes({ signIn: "password" }, { cluster: { ...cluster, ...missing } }), [tls]);
    deepEqual(mistakes({ signIn: "password" }, { cluster, query: { trino: { enabled: false } } }), [
      "lakehouse:access.signIn: given password, but the stack runs no Trino; allowed: off",
    ]);
  });

  it("name groups that there are, tables that a group reads, and no program", () => {
    const people = { "ada": { groups: ["analyst"] }, "airflow": {}, "person-ada": {}, "prometheus": {} };
    const groups = {
      analysts,
      engineers: { write: ["gold"], masks: [{ table: "gold.orders", column: "email", as: "NULL" }] },
      joiners: { rows: [{ table: "postgres.public.orders", where: "true" }] },
    };
    deepEqual(mistakes({ signIn: "password", people, groups }), [
      "lakehouse:access.people.airflow: given, but a program signs in by this name; allowed: another name",
      "lakehouse:access.people.person-ada: given, but a program signs in by this name; allowed: another name",
      "lakehouse:access.people.prometheus: given, but a program signs in by this name; allowed: another name",
      "lakehouse:access.people.ada.groups[0]: given analyst, no group; did you mean 'analysts'?; allowed: analysts, engineers, joiners",
      "lakehouse:access.groups.engineers.masks[0].table: given gold.orders, in a schema that the group writes; allowed: tables of schemas that it reads",
      "lakehouse:access.groups.joiners.rows[0].table: given postgres.public.orders, in a schema that the group does not read; allowed: tables of schemas that it reads",
    ]);
  });

  it("take one expression alone, and names that need no quotes", () => {
    const where = (text: string) =>
      mistakes({ signIn: "password", groups: { a: { read: ["gold"], rows: [{ table: "gold.orders", where: text }] } } })
        .length;
    for (const wrong of ["true; drop table x", "true -- all", "true /* all", "a\nb", ""])
      deepEqual([wrong, where(wrong)], [wrong, 1]);
    deepEqual(where("region in ('EU', 'US') and price between 1 and 2"), 0);
    const read = (schema: string) => mistakes({ signIn: "password", groups: { a: { read: [schema] } } }).length;
    for (const wrong of ["Gold", "gold.*", "a.b.c", ".*", "gold|silver", ""])
      deepEqual([wrong, read(wrong)], [wrong, 1]);
  });
});
