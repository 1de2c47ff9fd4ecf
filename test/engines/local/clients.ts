import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { connect } from "../../../cli/local/connect";
import { artefacts } from "../../../sandbox/engines/obtain";
import { kept } from "../../../sandbox/engines/obtain/kept";
import { command } from "../../../sandbox/engines/obtain/command";
import { LocalHome } from "../../../sandbox/engines/local/home";

const VERSIONS = { "dbt-core": "<1.11", "dbt-trino": "1.10.1", "trino": "0.340.0" } as const;
/** What the suite imports beside the client. */
const SUITE = ["pytest", "sqlalchemy", "httpretty<1.1", "testcontainers", "boto3", "keyring"];

/** An environment of Python with packages of PyPI, in the cache. @returns its folder of programs */
async function environment(name: string, ...packages: readonly string[]): Promise<string> {
  const folder = await kept(name, async (unfinished) => {
    await command(["python3", "-m", "venv", unfinished]);
    const pip = [join(unfinished, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await command([...pip, ...packages]);
  });
  return join(folder, "bin");
}

/** The project of this folder, with the profile that 'lakehouse local connect dbt' prints. @returns what builds it */
export async function dbt(folder: string): Promise<() => Promise<string>> {
  const home = new LocalHome(folder);
  const { ports } = home.state;
  if (ports === undefined) throw new Error(`${folder}: it has no ports`);
  const python = join(
    await environment(
      `dbt-trino-${VERSIONS["dbt-trino"]}`,
      `dbt-trino==${VERSIONS["dbt-trino"]}`,
      `dbt-core${VERSIONS["dbt-core"]}`,
    ),
    "python",
  );
  const project = mkdtempSync(join(folder, "dbt-"));
  cpSync(join(__dirname, "dbt"), project, { recursive: true });
  writeFileSync(join(project, "profiles.yml"), connect("dbt", { ports, logins: home.logins }, false));
  return () =>
    command(
      [
        python,
        "-m",
        "dbt.cli.main",
        "--no-use-colors",
        "--no-send-anonymous-usage-stats",
        "build",
        "--profiles-dir",
        project,
      ],
      { cwd: project },
    );
}

/** The catalogs that the client's suite expects beside the lakehouse. */
const CATALOGS = { memory: "memory", tpcds: "tpcds", jmx: "jmx" } as const;

/** Before a start: the user's own catalogs. */
export function addCatalogs(folder: string): void {
  // The folder of a lakehouse, though nothing has been started in it.
  new LocalHome(folder).prepare();
  mkdirSync(join(folder, "catalogs"), { recursive: true });
  for (const [name, connector] of Object.entries(CATALOGS)) {
    writeFileSync(join(folder, "catalogs", `${name}.properties`), `connector.name=${connector}\n`);
  }
}

/** Tests of the client's suite that this engine cannot pass, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  test_get_catalog_names: "wants the catalogs of the client's own development server and no other",
  test_get_indexes_returns_empty_for_iceberg_table:
    "makes a catalog by SQL: here catalogs are files, read at the start",
  test_get_indexes_returns_partitions_for_hive_table: "makes a catalog by SQL, of a connector that is not there",
  test_heartbeat_head_requests_during_spooled_download: "reads the server's log in a container of Docker",
};

/** The folder of programs of an environment that has the client and what its suite imports. */
export const clientPrograms = () =>
  environment(`trino-python-client-${VERSIONS.trino}`, `trino==${VERSIONS.trino}`, ...SUITE);

/** Result of the Python client's own integration suite, of a checkout of its repository: its source archive has no tests. */
export async function clientSuite(folder: string, checkout: string): Promise<string> {
  if (!existsSync(join(checkout, "tests", "integration"))) throw new Error(`${checkout}: no tests/integration in it`);
  const { ports } = new LocalHome(folder).state;
  return command(
    [
      "sh",
      "-c",
      '"$0" -m pytest -q -p no:cacheprovider -rfE tests/integration; [ $? -le 1 ]',
      join(await clientPrograms(), "python"),
    ],
    {
      cwd: checkout,
      env: {
        TRINO_RUNNING_HOST: "127.0.0.1",
        TRINO_RUNNING_PORT: String(ports?.trino),
        TRINO_VERSION: artefacts.trino.version,
        PYTHONDONTWRITEBYTECODE: "1",
      },
    },
  );
}
