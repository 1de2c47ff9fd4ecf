import { equal, ok, rejects } from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import tls from "node:tls";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Authority, writeBundle } from "../../../sandbox/engines/authority";
import { command } from "../../../sandbox/engines/obtain/command";
import { Sql, superuser } from "../../../sandbox/engines/postgres/postgres";
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

/** The files of MinIO's certificate, by keys of its Secret. */
function certificateItems(rendered: Rendered) {
  const { volumes = [] } = (rendered.object("StatefulSet", "minio") as unknown as Stateful).spec.template.spec;
  const items = volumes.flatMap(({ secret }) => secret?.items ?? []);
  ok(items.length === 2);
  return items;
}

/** As the kubelet mounts a Secret: files are links into a folder that is replaced as a whole. */
function mount(secret: string, to: string, items: readonly { readonly key: string; readonly path: string }[]): void {
  mkdirSync(to, { recursive: true });
  const version = mkdtempSync(join(to, "..version-"));
  for (const { key, path } of items) copyFileSync(join(secret, key), join(version, path));
  symlinkSync(basename(version), join(to, "..next"));
  renameSync(join(to, "..next"), join(to, "..data"));
  for (const { path } of items) if (!existsSync(join(to, path))) symlinkSync(join("..data", path), join(to, path));
}

/** Where the keys of other certificates' Secrets are files of the run, by key. */
const PLACES: Readonly<Record<string, Readonly<Record<string, (run: string) => string>>>> = {
  "trino-tls": { "tls-combined.pem": (run) => join(run, "trino-coordinator", "etc", "tls", "tls-combined.pem") },
  "postgres-server-tls": {
    "tls.key": (run) => join(run, "postgres", "data", "tls.key"),
    "tls.crt": (run) => join(run, "postgres", "data", "tls.crt"),
  },
};

/** Gives a file the owner and the rights of another. */
function own(file: string, like: string): void {
  const { uid, gid, mode } = statSync(like);
  chownSync(file, uid, gid);
  chmodSync(file, mode);
}

/** What a server says to a plain request, in plain text. */
const plainAnswer = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("hello\n"));
    let said = "";
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (part: Buffer) => (said += part.toString("latin1").replaceAll(/[^\x20-\x7e]/g, "")));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(said.trim());
    });
  });

/** Serial number of the certificate that a server shows. */
const serial = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: "127.0.0.1", ca: readFileSync(process.env.SSL_CERT_FILE ?? "") }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.on("error", reject);
  });

/** The same of PostgreSQL, which speaks TLS after a word of its own. */
async function serialOf(port: number): Promise<string> {
  const line = ["openssl", "s_client", "-starttls", "postgres", "-connect", `127.0.0.1:${String(port)}`];
  const shown = await command(line, { input: "" });
  return command(["openssl", "x509", "-noout", "-serial"], { input: shown });
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

  const mounted = () => join(folder, "minio-certs");

  const psql = ({ bin }: Stage["postgres"], env: Readonly<Record<string, string>>): Promise<string> => {
    const as = new Sql(started().ground, bin, superuser(started().ground));
    return command([join(bin, "psql"), "--no-psqlrc", "-c", "select 1"], { env: { ...as.env("postgres"), ...env } });
  };

  const render = async (): Promise<Rendered> => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const own = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const cluster = { ...own, certManager: true, issuer: "lab", caBundle: authority.pem, tls: true };
    const values = { ...config.values, "lakehouse:cluster": JSON.stringify(cluster) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    for (const name of CERTIFICATES) await authority.certify(rendered, name, join(folder, name));
    mount(join(folder, "minio-tls"), mounted(), certificateItems(rendered));
    writeBundle(rendered, folder);
    return rendered.at({
      "/mnt/lakehouse-ca": folder,
      "/etc/minio-certs": mounted(),
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

  it("is all that the servers speak", async () => {
    const { ground, postgres } = started();
    for (const place of ["s3", "rest"] as const) {
      const answer = await fetch(`http://${ground.at(place)}/`).then(
        ({ status }) => status,
        () => 0,
      );
      ok(answer === 0 || answer === 400, `${place} answers ${String(answer)}`);
    }
    equal(await plainAnswer(ground.ports.thrift), "");
    await rejects(psql(postgres, { PGSSLMODE: "disable" }), /rejects connection .* no encryption/);
  });

  it("is refused by clients to whom nobody vouches for the server, or for another name", async () => {
    const { ground, postgres } = started();
    const other = await Authority.make(join(folder, "other"));
    const ca = join(folder, "other", "ca.crt");
    ok(other.pem !== authority.pem);
    await rejects(psql(postgres, { PGSSLROOTCERT: ca }), /certificate verify failed/);
    await rejects(psql(postgres, { PGHOST: "localhost" }), /does not match host name/);
    const mc = [`${ground.tools.minio}/mc`, "ls", "store"];
    const store = { MC_HOST_store: `https://x:y@${ground.at("s3")}`, MC_CONFIG_DIR: ground.folder("minio", "other") };
    await rejects(command(mc, { env: { ...store, SSL_CERT_FILE: ca } }), /unknown authority/);
  });

  it("has new certificates while queries run, and none of them fails", async () => {
    const { ground, postgres, sql } = started();
    const serials = () =>
      Promise.all([serial(ground.ports.s3), serial(ground.ports.trinoSecure), serialOf(ground.ports.postgres)]);
    const before = await serials();
    let [running, asked] = [true, 0];
    const load = (async () => {
      for (; running; asked++) {
        equal(await sql.value("select count(*) from lakehouse.secure.orders"), 15000);
        equal(await sql.value("select count(*) from postgres.secure.nations"), 25);
      }
    })();
    const made = mkdtempSync(join(folder, "made-"));
    for (const name of ["minio-tls", "trino-tls", "postgres-server-tls"]) {
      await authority.certify(ground.rendered, name, join(made, name));
      for (const [key, path] of Object.entries(PLACES[name] ?? {})) {
        const to = path(ground.run.folder);
        copyFileSync(join(made, name, key), `${to}.new`);
        if (name.startsWith("postgres")) own(`${to}.new`, to);
        renameSync(`${to}.new`, to);
      }
    }
    mount(join(made, "minio-tls"), mounted(), certificateItems(ground.rendered));
    // As the operator tells it.
    process.kill(postgres.engine.pid, "SIGHUP");
    await until("each server shows its new certificate", async () => {
      const now = await serials();
      return now.every((one, at) => one !== before[at]);
    });
    const then = asked;
    await until("queries go on", () => Promise.resolve(asked > then + 2));
    running = false;
    await load;
  });
});
