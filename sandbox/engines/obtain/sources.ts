import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import type { Artefact } from "./artefacts";
import { command } from "./command";
import { kept } from "./kept";

const ENGINES = join(__dirname, "..");
const TOOLS = join(__dirname, "..", "..", "..", "tools");
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const MAVEN = ["mvn", "-B", "-q", "--strict-checksums"] as const;

type From<Kind> = Extract<Artefact["from"], { kind: Kind }>;

/** One function for each kind of source, which fills a folder of the cache and returns the artefact's path. */
export const sources: {
  readonly [Kind in Artefact["from"]["kind"]]: (name: string, version: string, from: From<Kind>) => Promise<string>;
} = {
  async maven(name, version, { coordinates, unpack }) {
    const parts = unpack === undefined ? "" : `-${digest(JSON.stringify(unpack))}`;
    const folder = await kept(`${name}-${version}${parts}`, async (unfinished) => {
      const file = await copied(coordinates, unfinished);
      if (unpack === undefined) return;
      await command(["tar", "xzf", file, "--strip-components=1"], { cwd: unfinished });
      rmSync(file);
      for (const [within, keep] of Object.entries(unpack.keep)) {
        for (const entry of readdirSync(join(unfinished, within))) {
          if (!keep.includes(entry)) rmSync(join(unfinished, within, entry), { recursive: true });
        }
      }
      for (const [jar, newer] of Object.entries(unpack.instead ?? {})) await replaceJar(unfinished, jar, newer);
    });
    return unpack === undefined ? only(folder) : folder;
  },

  pom: (name, version, { pom }) =>
    kept(`${name}-${version}-${listed(pom)}`, async (unfinished) => {
      const goal = [`${PLUGIN}:copy-dependencies`, "-DincludeScope=runtime", `-DoutputDirectory=${unfinished}`];
      await command([...MAVEN, "-f", join(ENGINES, pom), ...goal]);
    }),

  async jar(_, version, { jar: { group, artifact, sha256 } }) {
    const folder = await kept(`${artifact}-${version}`, async (unfinished) => {
      const file = await copied(`${group}:${artifact}:${version}`, unfinished);
      const sum = createHash("sha256");
      await pipeline(createReadStream(file), sum);
      const given = sum.digest("hex");
      if (given !== sha256) throw new Error(`${artifact} ${version} has the sum ${given}, not ${sha256}`);
    });
    return only(folder);
  },

  go: (name, version, { module, packages }) =>
    kept(`${name}-${version}`, async (unfinished) => {
      const flags = ["-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", unfinished];
      await command(["go", "build", ...flags, ...packages], { cwd: join(TOOLS, module) });
    }),

  python: (name, version, { lock }) =>
    kept(`${name}-${version}-${listed(lock)}`, async (unfinished) => {
      // Not activated and not moved: its programs are started as `bin/python -m …`, so the folder's name is in no script.
      await command(["python3", "-m", "venv", unfinished]);
      const pip = [join(unfinished, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      await command([...pip, "setuptools", "wheel"]);
      await command([...pip, "--no-deps", "-r", join(ENGINES, lock)]);
    }),

  npm: (name, version, { folder }) =>
    kept(`${name}-${version}-${listed(join(folder, "package-lock.json"))}`, async (unfinished) => {
      for (const file of ["package.json", "package-lock.json"])
        copyFileSync(join(ENGINES, folder, file), join(unfinished, file));
      // Checks each package against its sum, and runs nothing of it.
      await command(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: unfinished });
    }),

  sdist: (name, version, { package: wanted, folder: keep }) =>
    kept(`${name}-${version}`, async (unfinished) => {
      const of = join(unfinished, "archive");
      const pip = ["python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
      await command([...pip, "--no-binary", wanted, "--dest", of, `${wanted}==${version}`]);
      await command(["tar", "xzf", only(of), "--strip-components=1"], { cwd: unfinished });
      for (const entry of readdirSync(unfinished)) {
        if (entry !== keep) rmSync(join(unfinished, entry), { recursive: true });
      }
      for (const entry of readdirSync(join(unfinished, keep))) {
        renameSync(join(unfinished, keep, entry), join(unfinished, entry));
      }
    }),

  async debian(name, version, { package: wanted, program, folder: within = "usr/bin" }) {
    const installed = (process.env.PATH ?? "").split(":").find((folder) => existsSync(join(folder, program)));
    if (installed !== undefined) return installed;
    const folder = await kept(`${name}-${version}`, async (unfinished) => {
      await unpacked(wanted, unfinished);
    });
    return join(folder, within);
  },

  packages: (name, version, { packages }) =>
    kept(`${name}-${version}-${digest(packages.join())}`, async (unfinished) => {
      for (const names of packages) await unpackedFirst(names.split("|"), unfinished);
    }),
};

/** Unpacks a Debian package into a folder. */
async function unpacked(wanted: string, folder: string): Promise<void> {
  const archive = mkdtempSync(join(folder, ".archive-"));
  try {
    // apt checks the package against the signed index.
    await command(["apt-get", "download", wanted], { cwd: archive });
    await command(["dpkg", "-x", only(archive), folder]);
  } finally {
    rmSync(archive, { recursive: true });
  }
}

/** Unpacks the first package that there is: some have other names in other releases. */
async function unpackedFirst([wanted = "", ...others]: readonly string[], folder: string): Promise<void> {
  await unpacked(wanted, folder).catch((error: unknown) => {
    if (others.length === 0) throw error;
    return unpackedFirst(others, folder);
  });
}

/** Part of a cache folder's name that identifies its contents. */
const digest = (wanted: string | Buffer) => createHash("sha256").update(wanted).digest("hex").slice(0, 8);

/** Digest of a file with a list of libraries. */
const listed = (file: string) => digest(readFileSync(join(ENGINES, file)));

async function copied(coordinates: string, folder: string): Promise<string> {
  const goal = [
    `${PLUGIN}:copy`,
    `-Dartifact=${coordinates}`,
    `-DoutputDirectory=${folder}`,
    "-Dmdep.useBaseVersion=true",
  ];
  await command([...MAVEN, ...goal]);
  return only(folder);
}

/** Puts another jar in the place of each with this name, below a folder. @throws Error if there is none */
async function replaceJar(folder: string, name: string, coordinates: string): Promise<void> {
  const found = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((path) => basename(path) === name);
  if (found.length === 0) throw new Error(`${coordinates}: there is no ${name} in whose place it could be`);
  const of = mkdtempSync(join(folder, ".newer-"));
  const newer = await copied(coordinates, of);
  for (const path of found) {
    rmSync(join(folder, path));
    copyFileSync(newer, join(folder, dirname(path), basename(newer)));
  }
  rmSync(of, { recursive: true });
}

function only(folder: string): string {
  const [file, ...more] = readdirSync(folder);
  if (file === undefined || more.length > 0) throw new Error(`${folder}: expected one file in it`);
  return join(folder, file);
}
