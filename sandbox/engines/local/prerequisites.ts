import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { findJava } from "../java-home";
import type { Artefact } from "../obtain";
import { Refused } from "./refused";

type Kind = Artefact["from"]["kind"];

/** A program that must be installed on the machine. */
interface Prerequisite {
  readonly what: string;
  /** What runs by it. */
  readonly runs: string;
  /** Kinds of artefacts that it obtains: not needed where all of them are in the cache. @default always needed */
  readonly obtains?: readonly Kind[];
  /** What was found instead; undefined when it is installed. */
  readonly lacks: (machine: Look) => string | undefined;
  readonly debian: string;
  readonly macos: string;
}

/** Checks of a machine. */
export interface Look {
  readonly platform: NodeJS.Platform;
  readonly root: boolean;
  /** Whether there is a JDK from one major version to below another. */
  readonly java: (from: number, below: number) => boolean;
  readonly has: (program: string) => boolean;
  /** Output of a program; undefined when it fails. */
  readonly says: (line: readonly [string, ...string[]]) => string | undefined;
}

/** Versions as lists of numbers, so that 1.9 is older than 1.25. */
function isOlder(version: string | undefined, least: readonly number[]): boolean {
  const given = (version ?? "0").split(".").map(Number);
  const at = least.findIndex((number, index) => (given[index] ?? 0) !== number);
  return at >= 0 && (given[at] ?? 0) < (least[at] ?? 0);
}

const absent = (program: string) => (machine: Look) => (machine.has(program) ? undefined : "there is none");

/** Check of a program's version: the version that is too old, or that there is none. */
const older =
  (line: readonly [string, ...string[]], pattern: RegExp, least: readonly number[]) =>
  ({ has, says }: Look): string | undefined => {
    if (!has(line[0])) return "there is none";
    const version = pattern.exec(says(line) ?? "")?.[1];
    return isOlder(version, least) ? `there is ${version ?? "one that does not say its version"}` : undefined;
  };

const jdk = (from: number, below: number) => (machine: Look) =>
  machine.java(from, below) ? undefined : "there is none";

const PREREQUISITES: readonly Prerequisite[] = [
  {
    what: "a JDK 17",
    runs: "the metastore, the REST catalog and Spark",
    lacks: jdk(17, 18),
    debian: "apt install openjdk-17-jdk-headless, or name one by JAVA_HOME_17_X64",
    macos: "brew install openjdk@17, or name one by JAVA_HOME_17_X64",
  },
  {
    what: "a JDK from 24 to 26",
    runs: "Trino",
    lacks: jdk(24, 27),
    debian: "apt install temurin-25-jdk from https://adoptium.net/installation, or name one by JAVA_HOME_25_X64",
    macos: "brew install --cask temurin@25, or name one by JAVA_HOME_25_X64",
  },
  {
    what: "Maven (mvn)",
    runs: "downloads of engines",
    obtains: ["maven", "pom", "jar"],
    lacks: absent("mvn"),
    debian: "apt install maven",
    macos: "brew install maven",
  },
  {
    what: "Go from 1.21 on",
    runs: "the build of the object store",
    obtains: ["go"],
    lacks: older(["go", "version"], /go(\d+\.\d+(?:\.\d+)?)/, [1, 21]),
    debian: "an archive from https://go.dev/dl; it fetches the newer one that the build asks for by itself",
    macos: "brew install go",
  },
  {
    what: "Python from 3.11 on, with venv",
    runs: "downloads of PostgreSQL and Spark, and Spark itself",
    obtains: ["python", "sdist"],
    lacks: (machine) =>
      older(["python3", "--version"], /(\d+\.\d+)/, [3, 11])(machine) ??
      (machine.says(["python3", "-c", "import venv, ensurepip"]) === undefined ? "it has no venv" : undefined),
    debian: "apt install python3 python3-venv",
    macos: "brew install python@3.12",
  },
  ...["tar", "ps"].map((program) => ({
    what: program,
    runs: "archives and the list of processes",
    lacks: absent(program),
    debian: `apt install ${program === "ps" ? "procps" : program}`,
    macos: "it is part of the system",
  })),
  {
    what: "setpriv",
    runs: "PostgreSQL as another user than root",
    lacks: (machine) => (machine.root && machine.platform === "linux" ? absent("setpriv")(machine) : undefined),
    debian: "apt install util-linux, or run it as another user than root",
    macos: "run it as another user than root",
  },
];

/**
 * A line for each thing that this machine lacks: what, what there is instead, what for, and how to get it.
 * @param toObtain kinds of artefacts that are not in the cache yet
 */
export function lacking(toObtain: readonly Kind[], look: Look = thisMachine()): string[] {
  return PREREQUISITES.flatMap(({ what, runs, obtains, lacks, debian, macos }) => {
    if (obtains !== undefined && !obtains.some((kind) => toObtain.includes(kind))) return [];
    const found = lacks(look);
    return found === undefined
      ? []
      : [`${what}: ${found}; needed for ${runs}. ${look.platform === "darwin" ? macos : debian}`];
  });
}

/** @throws Refused with all that is lacking, before anything is downloaded */
export function mustHaveAll(toObtain: readonly Kind[], look?: Look): void {
  const lines = lacking(toObtain, look);
  if (lines.length > 0) throw new Refused(["this machine lacks:", ...lines].join("\n  "));
}

function thisMachine(): Look {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    java: (from, below) => findJava(from, below) !== undefined,
    has: (program) => (process.env.PATH ?? "").split(delimiter).some((folder) => isProgram(join(folder, program))),
    says: ([program, ...args]) => {
      try {
        return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
      } catch {
        return undefined;
      }
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
