import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { connect } from "../../../cli/local/connect";
import { artefacts } from "../../../sandbox/engines/obtain";
import { kept } from "../../../sandbox/engines/obtain/kept";
import { command } from "../../../sandbox/engines/obtain/command";
import { LocalHome } from "../../../sandbox/engines/local/home";

const VERSIONS = { "dbt-core": "<1.11", "dbt-trino": "1.10.1", "trino": "0.340.0" } as const;
/** Packages that the suite imports in addition to the client. */
const SUITE = ["pytest", "sqlalchemy", "httpretty<1.1", "testcontainers", "boto3", "keyring"];

/** Makes a Python environment with packages from PyPI in the cache. @returns its folder of programs */
async function environment(name: string, ...packages: readonly string[]): Promise<string> {
  const folder = await kept(name, async (unfinished) => {
    await command(["python3", "-m", "venv", unfinished]);
    const pip = [join(unfinished, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await command([...pip, ...packages]);
  });
  return join(folder, "bin");
}

/** Prepares this folder's project with the profile that 'lakehouse local connect dbt' prints. @returns a function that builds it */
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
  writeFileSync(join(project, "profiles.yml"), connect("dbt", { ports, logins: home.logins, folder }, false));
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

/** Catalogs that the client's suite needs in addition to the lakehouse. */
const CATALOGS = { memory: "memory", tpcds: "tpcds", jmx: "jmx" } as const;

/** Adds the user's own catalogs before a start. */
export function addCatalogs(folder: string): void {
  // Marks the folder as a lakehouse's before its first start.
  new LocalHome(folder).prepare();
  mkdirSync(join(folder, "catalogs"), { recursive: true });
  for (const [name, connector] of Object.entries(CATALOGS)) {
    writeFileSync(join(folder, "catalogs", `${name}.properties`), `connector.name=${connector}\n`);
  }
}

/** Tests of the client's suite that this engine cannot pass, with the reasons. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  test_get_catalog_names: "wants the catalogs of the client's own development server and no other",
  test_get_indexes_returns_empty_for_iceberg_table:
    "makes a catalog by SQL: here catalogs are files, read at the start",
  test_get_indexes_returns_partitions_for_hive_table: "makes a catalog by SQL, of a connector that is not there",
  test_heartbeat_head_requests_during_spooled_download: "reads the server's log in a container of Docker",
};

/** Folder of programs of an environment with the client and the suite's packages. */
export const clientPrograms = () =>
  environment(`trino-python-client-${VERSIONS.trino}`, `trino==${VERSIONS.trino}`, ...SUITE);

/** Runs the Python client's integration suite from a checkout, because its source archive has no tests. @returns its result */
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
