import { equal, ok } from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE } from "../../../sandbox/core/until";
import { Authority } from "../../../sandbox/engines/authority";
import { Rendered } from "../../../sandbox/engines/rendered";
import { type Stage, startStage } from "../../../sandbox/engines/stage";

const CERTIFICATES = ["minio-tls", "postgres-server-tls", "hive-metastore-tls", "trino-tls"];
/** Variables by which other programs trust the authority. */
const TRUST = ["SSL_CERT_FILE", "PGSSLMODE", "PGSSLROOTCERT"];

interface Stateful {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes?: readonly {
          readonly secret?: {
            readonly secretName: string;
            readonly items?: readonly { readonly key: string; readonly path: string }[];
          };
        }[];
      };
    };
  };
}

/** Secrets of MinIO's pods whose keys are files by other names. */
function mountedSecrets(rendered: Rendered) {
  const { volumes = [] } = (rendered.object("StatefulSet", "minio") as unknown as Stateful).spec.template.spec;
  return volumes.flatMap(({ secret }) =>
    secret?.items === undefined ? [] : [{ secret: secret.secretName, items: secret.items }],
  );
}

/** The dev stack with `lakehouse:cluster.tls`: its rendered servers and clients, with certificates that openssl makes in cert-manager's place. */
describe("TLS between the programs of a stack", function () {
  this.timeout(PATIENCE);
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-tls-"));
  const before_ = Object.fromEntries(TRUST.map((name) => [name, process.env[name]]));
  let authority: Authority;
  let stage: Stage | undefined;

  const started = (): Stage => {
    ok(stage !== undefined);
    return stage;
  };

  const render = async (): Promise<Rendered> => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const own = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const cluster = { ...own, certManager: true, issuer: "lab", caBundle: authority.pem, tls: true };
    const values = { ...config.values, "lakehouse:cluster": JSON.stringify(cluster) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    for (const name of CERTIFICATES) await authority.certify(rendered, name, join(folder, name));
    // The kubelet gives files of a Secret the names that the pod wants.
    for (const { secret, items } of mountedSecrets(rendered))
      for (const { key, path } of items) copyFileSync(join(folder, secret, key), join(folder, secret, path));
    const [bundle] = rendered
      .objects<{ metadata: { name: string }; data: Record<string, string>; binaryData: Record<string, string> }>(
        "ConfigMap",
      )
      .filter(({ metadata }) => metadata.name === "lakehouse-ca");
    ok(bundle !== undefined);
    for (const [name, text] of Object.entries(bundle.data)) writeFileSync(join(folder, name), text);
    for (const [name, text] of Object.entries(bundle.binaryData))
      writeFileSync(join(folder, name), Buffer.from(text, "base64"));
    return rendered.at({
      "/mnt/lakehouse-ca": folder,
      "/etc/minio-certs": join(folder, "minio-tls"),
      "/etc/hive-metastore-tls": join(folder, "hive-metastore-tls"),
    });
  };

  before(async () => {
    authority = await Authority.make(join(folder, "authority"));
    const ca = join(folder, "ca.pem");
    Object.assign(process.env, { SSL_CERT_FILE: ca, PGSSLMODE: "verify-full", PGSSLROOTCERT: ca });
    stage = await startStage("dev", { rendered: render, certificates: folder, extra: ["postgresTls"] });
  });
  after(async () => {
    await stage?.end();
    for (const [name, value] of Object.entries(before_))
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    rmSync(folder, { recursive: true });
  });

  it("has tables of Iceberg and Delta, and rows of PostgreSQL, by it alone", async () => {
    const { sql } = started();
    await sql.rows("create schema lakehouse.secure with (location = 's3://warehouse/secure')");
    await sql.rows("create table lakehouse.secure.orders as select orderkey, totalprice from tpch.tiny.orders");
    await sql.rows("create schema delta.secure_delta with (location = 's3://warehouse/secure_delta')");
    await sql.rows("create table delta.secure_delta.regions as select * from tpch.tiny.region");
    await sql.rows("create schema postgres.secure");
    await sql.rows("create table postgres.secure.nations as select * from tpch.tiny.nation");
    equal(await sql.value("select count(*) from lakehouse.secure.orders"), 15000);
    const joined = "select count(*) from postgres.secure.nations n join delta.secure_delta.regions r using (regionkey)";
    equal(await sql.value(joined), 25);
  });
});
