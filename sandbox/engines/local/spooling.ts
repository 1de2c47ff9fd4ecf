import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { properties as render } from "../../../components/core/render";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { Client } from "../minio";
import type { Additions } from "../trino";
import type { LocalHome } from "./home";

/** Where results wait for the client that asked: large ones do not pass the coordinator. It is in no backup. */
export const SPOOLING_BUCKET = "trino-results";
const POLICY = "trino-results";
const CATALOGS = "catalogs";
const KEY = "LAKEHOUSE_SPOOLING_KEY";

/** What Trino has here beyond the stack's files: large results by the object store, and the user's own catalogs. */
export function additions(home: Pick<LocalHome, "folder">, ground: Pick<Ground, "rendered" | "at">): Additions {
  const own = ownCatalogs(home.folder);
  const catalog = ground.rendered.configMap("trino-coordinator-catalog")["lakehouse.properties"] ?? "";
  return {
    config: { "protocol.spooling.enabled": "true", "protocol.spooling.shared-secret-key": `\${ENV:${KEY}}` },
    files: { ...own, "spooling-manager.properties": spoolingManager(catalog, ground.at("s3")) },
    catalogs: Object.keys(own).map((file) => file.replace(/^catalog\/(.*)\.properties$/, "$1")),
    // The same on every node, and derived of what they share: one secret less to keep.
    env: { [KEY]: spoolingKey(ground.rendered.secret("trino-internal", "shared-secret")) },
  };
}

/** 256 bits in base 64. */
export const spoolingKey = (secret: string) => createHash("sha256").update(`results ${secret}`).digest("base64");

/** @param catalog whose region and access to the object store are the same */
export function spoolingManager(catalog: string, s3: string): string {
  const of = (key: string) => properties.get(catalog, key) ?? "";
  return render({
    "spooling-manager.name": "filesystem",
    "fs.s3.enabled": true,
    "fs.location": `s3://${SPOOLING_BUCKET}/`,
    "fs.segment.ttl": "1h",
    // The server takes keys of clients over TLS only.
    "fs.segment.encryption": false,
    "s3.endpoint": `http://${s3}`,
    ...Object.fromEntries(
      ["s3.region", "s3.path-style-access", "s3.aws-access-key", "s3.aws-secret-key"].map((key) => [key, of(key)]),
    ),
  });
}

/** `<folder>/catalogs/*.properties`: a user's own catalogs, as Trino's documentation has them. */
function ownCatalogs(folder: string): Record<string, string> {
  const own = join(folder, CATALOGS);
  if (!existsSync(own)) return {};
  const names = readdirSync(own).filter((name) => /^[a-z][\w-]*\.properties$/.test(name));
  return Object.fromEntries(names.map((name) => [`catalog/${name}`, readFileSync(join(own, name), "utf8")]));
}

/** The bucket and Trino's right to it, where they are not there yet. */
export async function makeSpoolingBucket(ground: Ground): Promise<void> {
  const root = Client.root(ground);
  await root.run(["mb", "--ignore-existing", `store/${SPOOLING_BUCKET}`]);
  const user = ground.rendered.secret("trino-s3", "AccessKey");
  const attached = await root.run(["admin", "policy", "entities", "store", "--user", user, "--json"]);
  if (attached.includes(`"${POLICY}"`)) return;
  const file = ground.path("minio", "policies", `${POLICY}.json`);
  writeFileSync(file, JSON.stringify(policy()));
  await root.run(["admin", "policy", "create", "store", POLICY, file]);
  await root.run(["admin", "policy", "attach", "store", POLICY, "--user", user]);
}

const policy = () => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: [`arn:aws:s3:::${SPOOLING_BUCKET}`],
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: [`arn:aws:s3:::${SPOOLING_BUCKET}/*`],
    },
  ],
});
