import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { javaHome } from "../java-home";
import { command } from "../obtain/command";
import type { Tools } from "../obtain";
import { LOG } from "../search/log";

/** Version of OpenSearch that the descriptors of the plugins name. */
const VERSION = "3.4.0";
export const jdk = () => javaHome(21, 26);

/** Jars that belong to the module transport-netty4 instead of the server's folder. */
const OF_NETTY = /^(netty-|transport-netty4-client)/;
const stem = (file: string) => file.replace(/-\d[^-]*(-\w+)?\.jar$/, "");

const descriptor = (name: string, classname: string) =>
  Object.entries({
    "description": name,
    "version": VERSION,
    name,
    classname,
    "java.version": "21",
    "opensearch.version": VERSION,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

/** Builds the folder /usr/share/opensearch of upstream's image from the artefacts of registries. */
export async function makeHome(tools: Tools, home: string): Promise<void> {
  for (const folder of ["bin", "config", "data", "extensions", "lib", "logs", "modules/transport-netty4"])
    mkdirSync(join(home, folder), { recursive: true });
  for (const jar of readdirSync(tools.opensearch))
    copyFileSync(join(tools.opensearch, jar), join(home, OF_NETTY.test(jar) ? "modules/transport-netty4" : "lib", jar));
  const netty = descriptor("transport-netty4", "org.opensearch.transport.Netty4ModulePlugin");
  writeFileSync(join(home, "modules/transport-netty4/plugin-descriptor.properties"), netty);

  const s3 = join(home, "plugins/repository-s3");
  mkdirSync(s3, { recursive: true });
  const ofServer = new Set(readdirSync(join(home, "lib")).map(stem));
  for (const jar of readdirSync(tools.opensearchS3))
    if (!ofServer.has(stem(jar))) copyFileSync(join(tools.opensearchS3, jar), join(s3, jar));
  const plugin = descriptor("repository-s3", "org.opensearch.repositories.s3.S3RepositoryPlugin");
  writeFileSync(join(s3, "plugin-descriptor.properties"), plugin);
  await addSecurity(tools, join(home, "plugins/opensearch-security"));

  writeFileSync(join(home, "config/log4j2.properties"), LOG);
  const lib = join(home, "lib/*");
  await command([`${jdk()}/bin/javac`, "-cp", lib, "-d", join(home, "bin"), join(__dirname, "KeyStore.java")]);
  program(
    join(home, "bin/opensearch-keystore"),
    `exec ${jdk()}/bin/java -XX:TieredStopAtLevel=1 -cp "$home/bin:$lib" KeyStore "$@"`,
  );
  program(join(home, "bin/opensearch"), LAUNCH);
}

async function addSecurity(tools: Tools, folder: string): Promise<void> {
  mkdirSync(folder);
  await command([`${jdk()}/bin/jar`, "xf", tools.opensearchSecurity], { cwd: folder });
  const file = join(folder, "plugin-descriptor.properties");
  // The optional modules that it extends are missing.
  writeFileSync(file, readFileSync(file, "utf8").replace(/^extended\.plugins=.*$/m, ""));
  for (const tool of readdirSync(join(folder, "tools"))) chmodSync(join(folder, "tools", tool), 0o755);
  cpSync(join(folder, "config"), join(folder, "..", "..", "config", "opensearch-security"), { recursive: true });
}

function program(file: string, line: string): void {
  const text = ["#!/bin/sh", "home=/usr/share/opensearch", 'lib="$home/lib/*"', line, ""].join("\n");
  writeFileSync(file, text, { mode: 0o755 });
}

/** Command of the image's launcher, with options for a small machine. */
const LAUNCH = [
  `cd "$home" && exec ${jdk()}/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir=/tmp`,
  "-Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false",
  '-Dopensearch.path.home="$home" -Dopensearch.path.conf="$OPENSEARCH_PATH_CONF" $OPENSEARCH_JAVA_OPTS',
  '-cp "$lib" org.opensearch.bootstrap.OpenSearch',
].join(" \\\n  ");
