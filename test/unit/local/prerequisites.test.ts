import { deepEqual, equal, match, throws } from "node:assert/strict";

import { lacking, type Look, mustHaveAll } from "../../../sandbox/engines/local/prerequisites";

const BARE: Look = { platform: "linux", root: true, java: () => false, has: () => false, says: () => undefined };
const FULL: Look = {
  ...BARE,
  java: () => true,
  has: () => true,
  says: ([program]) => (program === "go" ? "go version go1.27.3 linux/amd64" : "Python 3.12.1"),
};
const ALL = ["maven", "go", "python"] as const;

describe("prerequisites of a local lakehouse", () => {
  it("are listed all at once, each with its purpose and how to get it", () => {
    const lines = lacking(ALL, BARE);
    deepEqual(
      lines.map((line) => line.split(":")[0]),
      [
        "a JDK 17",
        "a JDK from 24 to 26",
        "Maven (mvn)",
        "Go from 1.21 on",
        "Python from 3.11 on, with venv",
        "tar",
        "ps",
        "setpriv",
      ],
    );
    match(lines[2] ?? "", /there is none; needed for downloads of engines\. apt install maven/);
    match(lacking(ALL, { ...BARE, platform: "darwin" })[2] ?? "", /brew install maven/);
    throws(
      () => {
        mustHaveAll(ALL, BARE);
      },
      { name: "InputError", message: /^this machine lacks:\n {2}a JDK 17: .*\n(.*\n)*.*setpriv/ },
    );
  });

  it("are met without the tools that obtain engines if the engines are in the cache", () => {
    deepEqual(lacking(ALL, FULL), []);
    const names = lacking([], BARE).map((line) => line.split(":")[0]);
    equal(
      names.some((name) => /Maven|Go|Python/.test(name ?? "")),
      false,
    );
    deepEqual(lacking(["go"], { ...FULL, has: (program) => program !== "mvn" }), []);
  });

  it("have least versions, compared by number: 1.9 is older than 1.21", () => {
    const says = (go: string, python: string): Look => ({
      ...FULL,
      says: ([program]) => (program === "go" ? go : python),
    });
    match(lacking(ALL, says("go version go1.9 x", "Python 3.12.0")).join(), /^Go from 1\.21 on: there is 1\.9;/);
    match(lacking(ALL, says("go version go1.22.1 x", "Python 3.9.2")).join(), /^Python from 3\.11.*: there is 3\.9;/);
    const noVenv: Look = { ...FULL, says: (line) => (line.length > 2 ? undefined : FULL.says(line)) };
    match(lacking(ALL, noVenv).join(), /it has no venv; .*apt install python3 python3-venv/);
  });
});
