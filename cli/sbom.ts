import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { imageFolder } from "../components/core/dockerfiles";
import { missingJars } from "../components/core/jars";
import { type IncompletePin, isIncomplete, type Jar, type JarPin } from "../components/core/pins";
import { allPins } from "../components/pins";
import { PROJECT_FOLDER } from "../inputs/project";

/** A bill of materials of the images that a user builds, in CycloneDX's form: what their files pin. Pure but for the files. */

/** Folders with a Dockerfile and a lock file of Python. */
const SERVICES = [
  "services/query-api",
  "services/sources",
  "services/notebook",
  "pipelines/functions/cleaning",
] as const;

interface Hash {
  readonly alg: "SHA-256";
  readonly content: string;
}

interface Component {
  readonly "type": "container" | "library";
  readonly "bom-ref": string;
  readonly "name": string;
  readonly "group"?: string;
  readonly "version"?: string;
  readonly "purl"?: string;
  readonly "hashes"?: readonly Hash[];
  readonly "licenses"?: readonly { readonly expression: string }[];
  readonly "externalReferences"?: readonly {
    readonly type: "distribution";
    readonly url: string;
    readonly hashes: readonly Hash[];
  }[];
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: {
    readonly component: { readonly "type": "application"; readonly "bom-ref": string; readonly "name": string };
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** A package of a lock file, with the sums of the files that pip may choose among. */
export interface Locked {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
}

/**
 * Packages of a lock file that `pip-compile --generate-hashes` has written.
 * @throws Error for a package without a sum: pip would refuse it too
 */
export function lockedPackages(text: string): Locked[] {
  return text
    .replaceAll(/\\\r?\n\s*/g, " ")
    .split("\n")
    .filter((line) => /^[A-Za-z0-9]/.test(line))
    .map((line) => {
      const [, name = "", version = ""] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)/.exec(line) ?? [];
      const hashes = [...line.matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map(([, sum = ""]) => sum);
      if (name === "" || hashes.length === 0) throw new Error(`no pinned package with its sum: ${line.slice(0, 80)}`);
      return { name: name.toLowerCase().replaceAll(/[._-]+/g, "-"), version, hashes };
    });
}

const sha256 = (content: string): Hash => ({ alg: "SHA-256", content });

/** `docker.io/apache/spark:4.0.5` or with a digest instead of a tag. */
function base(image: string): Component {
  const [, registry = "", path = "", version = ""] = /^([^/]+)\/([^:@]+)[:@](.+)$/.exec(image) ?? [];
  const purl = `pkg:docker/${path}@${encodeURIComponent(version)}?repository_url=${registry}`;
  return { "type": "container", "bom-ref": purl, "name": `${registry}/${path}`, version, purl };
}

function library({ group, artifact, version, sha256: sum }: Jar, licence: string): Component {
  const purl = `pkg:maven/${group}/${artifact}@${version}?type=jar`;
  const facts = { "type": "library", "bom-ref": purl, group, "name": artifact, version, purl } as const;
  return { ...facts, hashes: [sha256(sum)], licenses: [{ expression: licence }] };
}

function python({ name, version, hashes }: Locked): Component {
  const purl = `pkg:pypi/${name}@${version}`;
  const url = `https://pypi.org/project/${name}/${version}/`;
  const files = [{ type: "distribution", url, hashes: hashes.map(sha256) }] as const;
  return { "type": "library", "bom-ref": purl, name, version, purl, "externalReferences": files };
}

interface Image {
  readonly name: string;
  readonly parts: readonly Component[];
}

/** Images with libraries that upstream's lack. */
const withLibraries = (pin: IncompletePin): Image => ({
  name: imageFolder(pin),
  parts: [base(pin.image), ...missingJars(pin).map((jar) => library(jar, licenceOf(pin.lacks, jar)))],
});

function licenceOf(lacks: readonly JarPin[], jar: Jar): string {
  const found = lacks.find(({ jar: one }) => one.group === jar.group && one.artifact === jar.artifact);
  if (found === undefined) throw new Error(`${jar.artifact} has no licence`);
  return found.licence;
}

/** An image of a service's own code. What a build stage had is in the lock file too; the last base is the image's. */
function ofService(folder: string, project: string): Image {
  const read = (file: string) => readFileSync(join(project, folder, file), "utf8");
  const froms = [...read("Dockerfile").matchAll(/^FROM\s+(\S+)/gm)].map(([, image = ""]) => image);
  const last = froms.at(-1);
  if (last === undefined || !existsSync(join(project, folder, "requirements.lock")))
    throw new Error(`${folder} has no image or no lock file`);
  return { name: basename(folder), parts: [base(last), ...lockedPackages(read("requirements.lock")).map(python)] };
}

/** Of all images that are built from this project. The same files give the same text. */
export function billOfMaterials(project = PROJECT_FOLDER): Bom {
  const images = [
    ...allPins.filter(isIncomplete).map(withLibraries),
    ...SERVICES.map((each) => ofService(each, project)),
  ];
  const own = images.map(({ name }): Component => ({ "type": "container", "bom-ref": `image:${name}`, name }));
  const parts = new Map(images.flatMap((image) => image.parts).map((part) => [part["bom-ref"], part]));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { "type": "application", "bom-ref": "lakehouse", "name": "lakehouse" } },
    components: [...own, ...[...parts.values()].toSorted((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1))],
    dependencies: [
      { ref: "lakehouse", dependsOn: own.map((each) => each["bom-ref"]) },
      ...images.map(({ name, parts: of }) => ({
        ref: `image:${name}`,
        dependsOn: [...new Set(of.map((part) => part["bom-ref"]))],
      })),
    ],
  };
}
