import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { pins } from "../../components/pins";
import { cacheFolder } from "../core/cache";
import { MissingTool } from "./obtain";

const run = promisify(execFile);

/**
 * A folder with Spark of the stack's version: its operator runs `spark-submit`. SPARK_HOME, if it is of that version; one in
 * a Python environment of the cache; else what PyPI's `pyspark` carries, fetched once and checked by pip.
 */
export async function sparkHome(say: (line: string) => void): Promise<string> {
  const tools = join(cacheFolder(), "tools");
  const own = join(tools, `spark-${pins.spark.version}`);
  const found = [process.env.SPARK_HOME ?? "", own, ...environments(tools)].find(isSpark);
  if (found !== undefined) return found;
  mkdirSync(tools, { recursive: true });
  const fresh = mkdtempSync(join(tools, ".spark-"));
  try {
    say(`downloading Spark ${pins.spark.version} from PyPI, once (430 MB) ...`);
    const wanted = `pyspark==${pins.spark.version}`;
    await run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "-d", fresh, wanted]);
    await run("tar", ["-xzf", `pyspark-${pins.spark.version}.tar.gz`], { cwd: fresh });
    renameSync(join(fresh, `pyspark-${pins.spark.version}`, "deps"), own);
    return own;
  } catch (error) {
    throw new MissingTool(
      `Spark ${pins.spark.version} cannot be obtained: ${(error as Error).message.split("\n")[0] ?? ""}`,
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const isSpark = (folder: string) =>
  existsSync(join(folder, "jars", `spark-kubernetes_${pins.scala.version}-${pins.spark.version}.jar`)) &&
  existsSync(join(folder, "bin", "spark-submit"));

const environments = (tools: string): string[] =>
  (existsSync(tools) ? readdirSync(tools) : [])
    .filter((name) => name.startsWith("python-"))
    .flatMap((name) => {
      const lib = join(tools, name, "lib");
      const pythons = existsSync(lib) ? readdirSync(lib) : [];
      return pythons.map((python) => join(lib, python, "site-packages", "pyspark"));
    });
