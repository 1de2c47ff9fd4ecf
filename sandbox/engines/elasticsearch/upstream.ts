import { spawn } from "node:child_process";
import { join } from "node:path";

import { jdk } from "./home";

export type Word = "hash" | "ilm" | "slm";

/** Runs upstream's classes of a home on a text: `Upstream.java`. @throws Error with what it says */
export function upstream(home: string, word: Word, text: string): Promise<string> {
  const libraries = ["bin", "lib/*", "modules/x-pack-core/*"].map((each) => join(home, each)).join(":");
  return new Promise((resolve, reject) => {
    const child = spawn(`${jdk()}/bin/java`, ["-XX:TieredStopAtLevel=1", "-cp", libraries, "Upstream", word]);
    let [said, wrong] = ["", ""];
    child.stdout.on("data", (part: Buffer) => (said += part.toString()));
    child.stderr.on("data", (part: Buffer) => (wrong += part.toString()));
    child.once("close", (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(wrong));
    });
    child.stdin.end(text);
  });
}
