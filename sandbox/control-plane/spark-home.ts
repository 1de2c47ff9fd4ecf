import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { versions } from "../../components/core/versions";
import { cacheFolder } from "../core/cache";
import { MissingTool } from "./obtain";

const run = promisify(execFile);

/**
 * A folder with Spark of the stack's version: its operator runs `spark-submit`. SPARK_HOME, if it is of that version; one in
 * a Python environment of the cache; else what PyPI's `pyspark` carries, fetched once and checked by pip.
 */
export async function sparkHome(say: (line: string) => void): Promise<string> {
  const tools = join(cacheFolder(), "tools");
  const own = join(tools, `spark-${versions.spark}`);
  const found = [process.env.SPARK_HOME ?? "", own, ...environments(tools)].find(isSpark);
  if (found !== undefined) return found;
  mkdirSync(tools, { recursive: true });
  const fresh = mkdtempSync(join(tools, ".spark-"));
  try {
    say(`downloading Spark ${versions.spark} from PyPI, once (430 MB) ...`);
    const wanted = `pyspark==${versions.spark}`;
    await run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "-d", fresh, wanted]);
    await run("tar", ["-xzf", `pyspark-${versions.spark}.tar.gz`], { cwd: fresh });
    renameSync(join(fresh, `pyspark-${versions.spark}`, "deps"), own);
    return own;
  } catch (error) {
    throw new MissingTool(
      `Spark ${versions.spark} cannot be had here: ${(error as Error).message.split("\n")[0] ?? ""}`,
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const isSpark = (folder: string) =>
  existsSync(join(folder, "jars", `spark-kubernetes_${versions.scala}-${versions.spark}.jar`)) &&
  existsSync(join(folder, "bin", "spark-submit"));

const environments = (tools: string): string[] =>
  (existsSync(tools) ? readdirSync(tools) : [])
    .filter((name) => name.startsWith("python-"))
    .flatMap((name) => {
      const lib = join(tools, name, "lib");
      const pythons = existsSync(lib) ? readdirSync(lib) : [];
      return pythons.map((python) => join(lib, python, "site-packages", "pyspark"));
    });
