import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pins } from "../../../components/pins";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";
import type { Tools } from "../obtain";
import { LOG } from "../search/log";

const { version: VERSION } = pins.elasticsearch;
export const jdk = () => javaHome(21, 26);

/** Jars of each module by the beginning of their names; the rest are the server's. */
const NETTY = /^(netty-|transport-netty4-)/;
const CORE =
  /^(unboundid-|httpclient-4|httpcore-|httpasyncclient-|commons-|elasticsearch-ssl-config|x-pack-(core|template))/;
const SECURITY =
  /^(x-pack-security|nimbus-jose-jwt|oauth2-oidc-sdk|lang-tag|json-smart|accessors-smart|asm-|content-type|slf4j-api)/;
const SERVER =
  /^(elasticsearch-(?!ssl-config)|lucene-|log4j-(api|core)-|log4j2-ecs|ecs-logging|HdrHistogram|hppc|joda-time|joni|jcodings|jopt-simple|lz4-java)/;

/** Types of SAML's library that Elasticsearch's classes name: empty here, as nobody signs in by SAML. */
const SAML = [
  "org.opensaml.core.xml.XMLObject",
  "org.opensaml.saml.saml2.core.RequestAbstractType",
  "org.opensaml.saml.saml2.core.StatusResponseType",
];

/** What upstream's image has at /usr/share/elasticsearch, of what a registry has: the server, TCP, and security. */
export async function makeHome(tools: Tools, home: string): Promise<void> {
  for (const folder of ["bin", "config", "data", "lib", "logs", "plugins"])
    mkdirSync(join(home, folder), { recursive: true });
  const jars = readdirSync(tools.elasticsearch);
  const fill = (folder: string, wanted: RegExp) => {
    mkdirSync(join(home, folder), { recursive: true });
    for (const jar of jars.filter((each) => wanted.test(each)))
      copyFileSync(join(tools.elasticsearch, jar), join(home, folder, jar));
  };
  fill("lib", SERVER);
  fill("modules/transport-netty4", NETTY);
  // Upstream's module has both too.
  fill("modules/x-pack-core", new RegExp(`${CORE.source}|${NETTY.source}`));
  fill("modules/x-pack-security", SECURITY);
  describeModule(home, "transport-netty4", "org.elasticsearch.transport.netty4.Netty4Plugin");
  describeModule(home, "x-pack-core", "org.elasticsearch.xpack.core.XPackPlugin");
  describeModule(home, "x-pack-security", "org.elasticsearch.xpack.security.Security", "x-pack-core");
  await standIns(home);
  addZstd(home);
  const javac = `${jdk()}/bin/javac`;
  const libraries = [join(home, "lib/*"), join(home, "modules/x-pack-core/*")].join(":");
  for (const program of ["Launch", "Upstream"])
    await command([javac, "-cp", libraries, "-d", join(home, "bin"), join(__dirname, `${program}.java`)]);
  writeFileSync(join(home, "config/log4j2.properties"), LOG);
}

/** Elasticsearch compresses by the machine's own library, in place of the one in the image. */
function addZstd(home: string): void {
  const name = "libzstd.so.1";
  const folders = readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder));
  const found = ["/usr/lib", ...folders].map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${name} is in no folder of /usr/lib: install libzstd`);
  mkdirSync(join(home, "native"));
  copyFileSync(found, join(home, "native/libzstd.so"));
}

function describeModule(home: string, name: string, classname: string, extended = ""): void {
  const facts = {
    "description": name,
    "version": VERSION,
    name,
    classname,
    "java.version": "17",
    "elasticsearch.version": VERSION,
    "has.native.controller": "false",
    "extended.plugins": extended,
  };
  const lines = Object.entries(facts).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(home, "modules", name, "plugin-descriptor.properties"), lines.join(""));
}

async function standIns(home: string): Promise<void> {
  const sources = join(home, "saml");
  const files = SAML.map((type) => {
    const [, of = "", name = ""] = /^(.*)\.(\w+)$/.exec(type) ?? [];
    const folder = join(sources, ...of.split("."));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.java`), `package ${of};\n\npublic interface ${name} {}\n`);
    return join(folder, `${name}.java`);
  });
  await command([`${jdk()}/bin/javac`, "-d", join(sources, "classes"), ...files]);
  const jar = join(home, "modules/x-pack-security/saml-stand-ins.jar");
  await command([`${jdk()}/bin/jar`, "cf", jar, "-C", join(sources, "classes"), "."]);
}
