import { writeFileSync } from "node:fs";

import type { Ground } from "../ground";
import { Client, type EventOptions } from "./minio";
import { command } from "../obtain/command";
import type { Rendered } from "../rendered";

interface LifecycleRule {
  readonly id: string;
  readonly expiration?: string;
  readonly noncurrentVersionExpirationDays?: number;
}

interface Queue {
  readonly queueArn: string;
  readonly events: readonly string[];
  readonly filterPrefix?: string;
  readonly filterSuffix?: string;
}

/**
 * Makes the stack's MinIO resources with MinIO's client, as the provider would.
 * @param rendered files with the resources, if only some are made
 */
export async function makeMinioResources(
  ground: Ground,
  { events = true }: EventOptions = {},
  rendered = ground.rendered,
): Promise<void> {
  const root = Client.root(ground);
  const each = (kind: string, make: (resource: never) => Promise<unknown>) =>
    Promise.all(rendered.resources<never>("minio", kind).map(make));

  await each("s3Bucket", ({ bucket, objectLocking }: { bucket: string; objectLocking?: boolean }) =>
    root.run(["mb", ...(objectLocking === true ? ["--with-lock"] : []), `store/${bucket}`]),
  );
  await Promise.all([
    each(
      "s3BucketVersioning",
      ({
        bucket,
        versioningConfiguration: { status },
      }: {
        bucket: string;
        versioningConfiguration: { status: string };
      }) => root.run(["version", status === "Enabled" ? "enable" : "suspend", `store/${bucket}`]),
    ),
    each("iamUser", ({ name, secret }: { name: string; secret: string }) =>
      root.run(["admin", "user", "add", "store", name, secret]),
    ),
    each("iamPolicy", ({ name, policy }: { name: string; policy: string }) => {
      // A file for each server of the run, because a client may read one while another is written.
      const file = ground.path("minio", `policies-${ground.ports.s3}`, `${name}.json`);
      writeFileSync(file, policy);
      return root.run(["admin", "policy", "create", "store", name, file]);
    }),
  ]);
  await Promise.all([
    each("ilmPolicy", ({ bucket, rules }: { bucket: string; rules: readonly LifecycleRule[] }) =>
      root.run(["ilm", "rule", "import", `store/${bucket}`], JSON.stringify({ Rules: rules.map(lifecycleRule) })),
    ),
    each("iamUserPolicyAttachment", ({ policyName, userName }: { policyName: string; userName: string }) =>
      root.run(["admin", "policy", "attach", "store", policyName, "--user", userName]),
    ),
  ]);
  if (events) await makeNotifications(root, rendered);
  if (rendered.has("Job", "minio-retention")) await setRetention(ground);
}

/** Makes the rendered notifications of buckets. */
export async function makeNotifications(root: Client, rendered: Rendered): Promise<void> {
  for (const { bucket, queues } of rendered.resources<{ bucket: string; queues: Queue[] }>(
    "minio",
    "s3BucketNotification",
  )) {
    // One after the other, because each addition reads the bucket's rules and writes them back.
    for (const queue of queues) await root.run(["event", "add", `store/${bucket}`, ...eventArguments(queue)]);
  }
}

/** Names of events in MinIO's client, by their names in S3. */
const CLIENT_EVENTS: Readonly<Record<string, string>> = { "s3:ObjectCreated:*": "put", "s3:ObjectRemoved:*": "delete" };

function eventArguments({ queueArn, events, filterPrefix, filterSuffix }: Queue): string[] {
  const names = events.map((event) => {
    const name = CLIENT_EVENTS[event];
    if (name === undefined) throw new Error(`${queueArn}: MinIO's client has no name for event ${event}`);
    return name;
  });
  return [
    queueArn,
    "--event",
    names.join(","),
    ...(filterPrefix === undefined ? [] : ["--prefix", filterPrefix]),
    ...(filterSuffix === undefined ? [] : ["--suffix", filterSuffix]),
  ];
}

/** A lifecycle rule as JSON of S3, translated as in the provider's `resource_minio_ilm_policy`. */
function lifecycleRule({ id, expiration, noncurrentVersionExpirationDays: days }: LifecycleRule): object {
  return {
    ID: id,
    Status: "Enabled",
    ...(expiration === undefined
      ? {}
      : {
          Expiration:
            expiration === "DeleteMarker"
              ? { ExpiredObjectDeleteMarker: true }
              : { Days: Number.parseInt(expiration, 10) },
        }),
    ...(days === undefined ? {} : { NoncurrentVersionExpiration: { NoncurrentDays: days } }),
  };
}

/** Runs the rendered Job that locks backups. */
async function setRetention(ground: Ground): Promise<void> {
  const { changes, rendered, tools } = ground;
  const container = rendered.container("Job", "minio-retention", "mc");
  const env = rendered.env(container);
  const port = ground.ports.s3;
  const url = changes.value("minio/retention", "S3_URL", env.S3_URL, `http://127.0.0.1:${port}`);
  await command([...(container.command ?? []), ...(container.args ?? [])], {
    env: {
      ...env,
      S3_URL: url,
      MC_CONFIG_DIR: `${ground.run.folder}/minio/retention`,
      PATH: `${tools.minio}:${process.env.PATH ?? ""}`,
    },
  });
}
