import { ofProvider, type StackObject } from "../../core/composition";

/** Commands of MinIO's client that make the stack's MinIO resources, for places without the provider. They may run again. */

export interface ClientCommand {
  /** Arguments of `mc`; `store` is the server's alias. */
  readonly args: readonly string[];
  readonly input?: string;
  /** A file whose path is the last argument. */
  readonly file?: { readonly name: string; readonly text: string };
  /** Arguments of `mc` that print the line where it has been done already; the client fails then. */
  readonly done?: { readonly args: readonly string[]; readonly line: string };
}

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

interface Versioning {
  readonly bucket: string;
  readonly versioningConfiguration: { readonly status: string };
}

/**
 * The commands in steps: those of one step need nothing of each other. Notifications are a step each, because each addition reads
 * the bucket's rules and writes them back.
 */
export function commands(objects: readonly StackObject[]): readonly (readonly ClientCommand[])[] {
  const every = (kind: string, one: (resource: never) => ClientCommand) =>
    ofProvider<never>(objects, "minio", kind).map((resource) => one(resource));
  return [
    every("s3Bucket", ({ bucket, objectLocking = false }: { bucket: string; objectLocking?: boolean }) => ({
      args: ["mb", "--ignore-existing", ...(objectLocking ? ["--with-lock"] : []), `store/${bucket}`],
    })),
    [
      ...every("s3BucketVersioning", ({ bucket, versioningConfiguration: { status } }: Versioning) => ({
        args: ["version", status === "Enabled" ? "enable" : "suspend", `store/${bucket}`],
      })),
      ...every("iamUser", ({ name, secret }: { name: string; secret: string }) => ({
        args: ["admin", "user", "add", "store", name, secret],
      })),
      ...every("iamPolicy", ({ name, policy }: { name: string; policy: string }) => ({
        args: ["admin", "policy", "create", "store", name],
        file: { name: `${name}.json`, text: policy },
      })),
    ],
    [
      ...every("ilmPolicy", ({ bucket, rules }: { bucket: string; rules: readonly LifecycleRule[] }) => ({
        args: ["ilm", "rule", "import", `store/${bucket}`],
        input: JSON.stringify({ Rules: rules.map(lifecycleRule) }),
      })),
      ...every("iamUserPolicyAttachment", ({ policyName, userName }: { policyName: string; userName: string }) => ({
        args: ["admin", "policy", "attach", "store", policyName, "--user", userName],
        done: { args: ["admin", "user", "info", "store", userName], line: `PolicyName: ${policyName}` },
      })),
    ],
    ...ofProvider<{ bucket: string; queues: readonly Queue[] }>(objects, "minio", "s3BucketNotification").flatMap(
      ({ bucket, queues }) =>
        queues.map((queue) => [
          { args: ["event", "add", "--ignore-existing", `store/${bucket}`, ...eventArguments(queue)] },
        ]),
    ),
  ];
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
