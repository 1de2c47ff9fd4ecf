import { writeFileSync } from "node:fs";

import type { Ground } from "./ground";
import { Client, type Telling } from "./minio";
import { command } from "./obtain/command";
import type { Rendered } from "./rendered";

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
 * Makes what the stack's MinIO resources ask for, by the server's own client, as the provider would.
 * @param rendered what is made, where it is not everything
 */
export async function makeMinioResources(
  ground: Ground,
  { events = true }: Telling = {},
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
      // A run may have several servers, and the client reads while another's policies are written.
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

/** Whom buckets tell of their objects. */
export async function makeNotifications(root: Client, rendered: Rendered): Promise<void> {
  for (const { bucket, queues } of rendered.resources<{ bucket: string; queues: Queue[] }>(
    "minio",
    "s3BucketNotification",
  )) {
    // One by one: each addition reads the bucket's rules and writes them back.
    for (const queue of queues) await root.run(["event", "add", `store/${bucket}`, ...eventArguments(queue)]);
  }
}

/** The client has names of its own for what the rules say. */
const CLIENT_EVENTS: Readonly<Record<string, string>> = { "s3:ObjectCreated:*": "put", "s3:ObjectRemoved:*": "delete" };

function eventArguments({ queueArn, events, filterPrefix, filterSuffix }: Queue): string[] {
  const names = events.map((event) => {
    const name = CLIENT_EVENTS[event];
    if (name === undefined) throw new Error(`${queueArn}: ${event} is not known`);
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

/** As the provider translates it (its `resource_minio_ilm_policy`). */
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

/** The Job that locks backups, as it is rendered. */
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
