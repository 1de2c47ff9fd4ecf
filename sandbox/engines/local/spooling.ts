import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

import { properties as render } from "../../../components/core/render";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { Client } from "../minio/minio";

/** Bucket of large query results, which clients read from the object store. Backups leave it out. */
export const SPOOLING_BUCKET = "trino-results";
const POLICY = "trino-results";
/** Environment variable of the spooling key. */
export const KEY = "LAKEHOUSE_SPOOLING_KEY";

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

/** Creates the bucket and Trino's access to it, where they do not exist. */
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
