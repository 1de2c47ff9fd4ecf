import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { properties } from "../../../components/core/render";
import { javaHome } from "../../../sandbox/engines/java-home";

/** Prints each key and value that Java reads, in Base64. */
const READER = `import java.io.*; import java.nio.charset.StandardCharsets; import java.util.*;
class Reader { public static void main(String[] args) throws IOException {
  Properties read = new Properties();
  try (InputStream in = new FileInputStream(args[0])) { read.load(in); }
  for (String key : read.stringPropertyNames())
    for (String one : List.of(key, read.getProperty(key)))
      System.out.println(Base64.getEncoder().encodeToString(one.getBytes(StandardCharsets.UTF_8)) + ".");
} }`;

describe("properties files", () => {
  it("give Java the same keys and values, for any text", () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...Array.from("\\:=#! \t\n\r\f\u0000\u007f\u00e9'\"$"), "\u{1f600}", "\\u0041", "${ENV:X}"),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
      ),
      maxLength: 20,
    });
    const entries = Object.assign({}, ...fc.sample(fc.dictionary(text, text), 200)) as Record<string, string>;
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-properties-"));
    try {
      writeFileSync(join(folder, "Reader.java"), READER);
      writeFileSync(join(folder, "a.properties"), properties(entries));
      const java = join(javaHome(17, 18), "bin", "java");
      const out = execFileSync(java, [join(folder, "Reader.java"), join(folder, "a.properties")], { encoding: "utf8" });
      const texts = out
        .split(".\n")
        .slice(0, -1)
        .map((line) => Buffer.from(line, "base64").toString("utf8"));
      const read = new Map(texts.flatMap((one, index) => (index % 2 === 0 ? [[one, texts[index + 1]] as const] : [])));
      assert.deepEqual(read, new Map(Object.entries(entries)));
      assert.ok(read.size > 300, String(read.size));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
