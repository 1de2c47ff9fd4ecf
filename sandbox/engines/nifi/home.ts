import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";

/** NiFi's home folder, as upstream's image has it, from what registries have. */

export const VERSION = "2.3.0";
export const jdk = () => javaHome(21, 26);

/** Classes of which no registry has the originals of this version, by the kind of extension that NiFi finds them as. */
const STAND_INS = {
  "org.apache.nifi.processor.Processor": "org.apache.nifi.processors.aws.s3.PutS3Object",
  "org.apache.nifi.controller.ControllerService":
    "org.apache.nifi.processors.aws.credentials.provider.service.AWSCredentialsProviderControllerService",
  "org.apache.nifi.authentication.LoginIdentityProvider":
    "org.apache.nifi.authentication.single.user.SingleUserLoginIdentityProvider",
} as const;

const MANIFEST = Object.entries({
  "Nar-Id": "nifi-standard-nar",
  "Nar-Group": "org.apache.nifi",
  "Nar-Version": VERSION,
  "Nar-Dependency-Group": "org.apache.nifi",
  "Nar-Dependency-Id": "nifi-standard-shared-nar",
  "Nar-Dependency-Version": VERSION,
  "Clone-During-Instance-Class-Loading": "false",
})
  .map(([key, value]) => `${key}: ${value}\n`)
  .join("");

/** Makes the folder `/opt/nifi/nifi-current`. */
export async function nifiHome(ground: Ground): Promise<string> {
  const { nifi, nifiStandard } = ground.tools;
  const home = ground.folder("nifi", "home");
  const lib = join(home, "lib");
  mkdirSync(lib, { recursive: true });
  for (const file of readdirSync(nifi)) symlinkSync(join(nifi, file), join(lib, file));
  await standardArchive(ground, nifi, nifiStandard, join(lib, `nifi-standard-nar-${VERSION}.nar`));
  return home;
}

/** Packs processors and their libraries, without those that archives above have, and the stand-ins. */
async function standardArchive(ground: Ground, lib: string, standard: string, archive: string): Promise<void> {
  const folder = ground.folder("nifi", "archive");
  const libraries = join(folder, "META-INF", "bundled-dependencies");
  mkdirSync(libraries, { recursive: true });
  const above = new Set(readdirSync(lib));
  for (const name of ["nifi-standard-shared-nar", "nifi-standard-services-api-nar"]) {
    const listed = await command([`${jdk()}/bin/jar`, "tf", join(lib, `${name}-${VERSION}.nar`)]);
    for (const path of listed.split("\n")) above.add(path.split("/").at(-1) ?? "");
  }
  for (const jar of readdirSync(standard)) if (!above.has(jar)) symlinkSync(join(standard, jar), join(libraries, jar));
  await standIns(ground, lib, standard, join(libraries, "stand-ins.jar"));
  writeFileSync(join(folder, "manifest"), MANIFEST);
  // Not compressed: NiFi unpacks it at once.
  const line = [
    `${jdk()}/bin/jar`,
    "--create",
    "--no-compress",
    "--file",
    archive,
    "--manifest",
    "manifest",
    "META-INF",
  ];
  await command(line, { cwd: folder });
}

async function standIns(ground: Ground, lib: string, standard: string, jar: string): Promise<void> {
  const classes = ground.folder("nifi", "classes");
  const sources = join(__dirname, "stand-ins");
  const path = ["-cp", `${lib}/*:${standard}/*`, "-d", classes];
  await command([
    `${jdk()}/bin/javac`,
    "-proc:none",
    ...path,
    ...readdirSync(sources).map((name) => join(sources, name)),
  ]);
  const services = join(classes, "META-INF", "services");
  mkdirSync(services, { recursive: true });
  for (const [kind, name] of Object.entries(STAND_INS)) writeFileSync(join(services, kind), `${name}\n`);
  await command([`${jdk()}/bin/jar`, "--create", "--file", jar, "-C", classes, "."]);
}

/** The hash of a password, by the library that checks it. */
export async function hashOf({ tools }: Pick<Ground, "tools">, password: string): Promise<string> {
  const path = ["-cp", `${tools.nifiStandard}/*`, join(__dirname, "Hash.java")];
  return (await command([`${jdk()}/bin/java`, ...path, password])).trim();
}

/** Names that properties of processors have in this version, by those that the pinned one gives them. */
const FORMER: Readonly<Record<string, string>> = {
  "Hash Algorithm": "hash_algorithm",
  "Fail When Content Empty": "fail_when_empty",
  "Record Reader": "record-stats-reader",
};

interface Configured {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly propertyDescriptors: Readonly<Record<string, { readonly name: string }>>;
}
interface Flow {
  readonly flowContents: { readonly processors: readonly Configured[] };
}

/** The flow with former names of properties. NiFi renames them by itself in the other direction. */
export function formerNames({ changes }: Pick<Ground, "changes">, text: string): string {
  const { flowContents, ...rest } = JSON.parse(text) as Flow;
  const renamed = <T>(all: Readonly<Record<string, T>>, value: (one: T, name: string) => T): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).map(([key, one]) => [FORMER[key] ?? key, value(one, FORMER[key] ?? key)] as const),
    );
  const processors = flowContents.processors.map((one) => {
    for (const key of Object.keys(one.properties))
      if (FORMER[key] !== undefined)
        changes.value("nifi/flow.json", `${one.name}: ${key}`, one.properties[key], undefined);
    return {
      ...one,
      properties: renamed(one.properties, (value) => value),
      propertyDescriptors: renamed(one.propertyDescriptors, (descriptor, name) => ({ ...descriptor, name })),
    };
  });
  return JSON.stringify({ ...rest, flowContents: { ...flowContents, processors } });
}
