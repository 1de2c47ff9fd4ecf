import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { SaxesParser } from "saxes";

import { escapeXml, fillTemplate, hadoopXml, properties, shellWord } from "../../../components/core/render";

/** Characters that end strings, begin substitutions, or are white space in some format. */
const HOSTILE = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."'\"`$\\;&|<>(){}[]*?!#~=%:\n\r\t \u{e9}\u{2028}\u{1f600}".match(/./gsu)!),
    fc.constantFrom("$(touch x)", "'; touch x; '", "`touch x`", "]]>", "<!--", "&amp;", "</value>", "${IFS}"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 30,
});

describe("a word of a shell", () => {
  it("gives a real shell the same text, for any text", () => {
    const one = HOSTILE.filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 20 }), (texts) => {
        // Each has a mark at its end, because a shell drops line feeds at the end of a command's output.
        const script = `printf '%s\\001' ${texts.map(shellWord).join(" ")}`;
        const read = execFileSync("sh", ["-ec", script], { encoding: "utf8" }).split("\u0001").slice(0, -1);
        assert.deepEqual(read, texts);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses characters that no argument can have", () => {
    assert.throws(() => shellWord("a\0b"), RangeError);
  });
});

/** Name and value of each property, as a strict parser reads them. */
function parsed(xml: string): [string, string][] {
  const found: [string, string][] = [];
  const parser = new SaxesParser();
  let text = "";
  let name = "";
  parser.on("error", (error) => assert.fail(error));
  parser.on("opentag", () => (text = ""));
  parser.on("text", (more) => (text += more));
  parser.on("closetag", ({ name: tag }) => {
    if (tag === "name") name = text;
    if (tag === "value") found.push([name, text]);
    text = "";
  });
  parser.write(xml).close();
  return found;
}

/** Every character that XML 1.0 can hold. */
const xmlText = HOSTILE.filter((text) => !/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text));

describe("a Hadoop configuration file", () => {
  it("gives a real parser the same text, for any text", () => {
    fc.assert(
      fc.property(fc.dictionary(xmlText, xmlText, { maxKeys: 5 }), (entries) => {
        assert.deepEqual(parsed(hadoopXml(entries)), Object.entries(entries));
      }),
      { numRuns: 300 },
    );
  });

  it("can have values in attributes", () => {
    fc.assert(
      fc.property(xmlText, (text) => {
        let read: string | undefined;
        const parser = new SaxesParser();
        parser.on("error", (error) => assert.fail(error));
        parser.on("opentag", ({ attributes }) => (read = attributes.of as string));
        parser.write(`<a of="${escapeXml(text)}"/>`).close();
        assert.equal(read, text);
      }),
    );
  });

  it("refuses characters that XML cannot have, with the property's name", () => {
    assert.throws(() => escapeXml("a\u0007"), /XML cannot hold the character U\+0007/);
    assert.throws(() => escapeXml("\ud800"), /U\+D800/);
  });
});

describe("a properties file", () => {
  it("escapes as java.util.Properties writes", () => {
    const written = (key: string, value: string) => properties({ [key]: value });
    assert.equal(written("a.b", "http://x:1/?a=b#c!d"), "a.b=http://x:1/?a=b#c!d\n");
    assert.equal(written("a b:c=d", " x y "), "a\\ b\\:c\\=d=\\ x y \n");
    assert.equal(written("a", "1\n2\r3\t4\f5\\6"), "a=1\\n2\\r3\\t4\\f5\\\\6\n");
    assert.equal(written("#a", "\u{e9}\u{1f600}\u0001"), "\\#a=\\u00e9\\ud83d\\ude00\\u0001\n");
    assert.equal(written("secret", "${ENV:NAME}"), "secret=${ENV:NAME}\n");
  });
});

describe("a template", () => {
  it("has its values filled in, escaped for the format", () => {
    assert.equal(fillTemplate("the SQL", "a {{x}} b {{y}} {{x}}", { x: "1", y: "$&" }), "a 1 b $& 1");
    assert.equal(
      fillTemplate("the text", "{{x}}", { x: "a'b" }, (value) => value.replaceAll("'", "''")),
      "a''b",
    );
  });

  it("reports missing and unused values by name", () => {
    assert.throws(
      () => fillTemplate("the SQL", "{{x}} {{y}}", { x: "1" }),
      /the SQL has \{\{y\}\}, for which there is no value/,
    );
    assert.throws(() => fillTemplate("the SQL", "{{x}}", { x: "1", z: "2", w: "3" }), /the SQL does not use z, w/);
  });
});
