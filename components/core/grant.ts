import type { BucketNames, BucketRequest } from "./capabilities";

/** Access levels of clients on buckets, and the least privileges that each takes. Pure: object stores turn them into users. */

/** `append` may add and replace but never delete: raw data stays. */
export type AccessLevel = "read" | "append" | "write";

/** Access to one bucket, or to the part of it below a prefix. */
export interface BucketAccess {
  /** The bucket's real name. */
  readonly bucket: string;
  /** Ends in `/`. @default the whole bucket */
  readonly prefix?: string;
  readonly level: AccessLevel;
  /** Names of objects that it may list. @default "prefix" */
  readonly listing?: "prefix" | "bucket";
}

/** What one client may do in the object store. */
export interface BucketGrant {
  /** The user, named after the service. */
  readonly user: string;
  readonly access: readonly BucketAccess[];
}

/**
 * A client's requests with the buckets' real names. In the bucket `services` it has access to the prefix of its name, or to that of
 * another service that says so in what it gives.
 * @param service that the user belongs to; a user of a later generation has another name. @default user
 */
export function bucketGrant(
  user: string,
  access: readonly BucketRequest[],
  names: BucketNames,
  service = user,
): BucketGrant {
  return {
    user,
    access: access.map(({ owner = service, ...request }) => {
      if (request.bucket !== "services") return { ...request, bucket: names[request.bucket] };
      const { bucket, prefix } = ownObjects(owner, names);
      return { ...request, bucket, prefix: `${prefix}${request.prefix ?? ""}` };
    }),
  };
}

/**
 * Bucket and prefix of a service's own objects.
 * @throws Error in a stack without a bucket for them
 */
export function ownObjects(
  service: string,
  { services }: BucketNames,
): { readonly bucket: string; readonly prefix: string } {
  if (services === undefined)
    throw new Error(`${service} keeps objects of its own, but its system does not say so: give it keepsObjects`);
  return { bucket: services, prefix: `${service}/` };
}

const OBJECT_ACTIONS: Readonly<Record<AccessLevel, readonly string[]>> = {
  read: ["s3:GetObject"],
  append: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
  write: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
};

interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
  readonly Principal?: object;
}

/** Listing is a right on the bucket, narrowed to the prefix; reading and writing are rights on the objects. */
function statements(access: BucketAccess, also: readonly string[] = []): Statement[] {
  const arn = `arn:aws:s3:::${access.bucket}`;
  const prefix = access.prefix ?? "";
  // Listing unfinished uploads cannot be narrowed to a prefix: MinIO refuses a policy that tries, so such a client has no right to it.
  const uploads = access.level === "read" || prefix !== "" ? [] : ["s3:ListBucketMultipartUploads"];
  return [
    { Effect: "Allow", Action: ["s3:GetBucketLocation"], Resource: [arn] },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", ...uploads],
      Resource: [arn],
      ...(prefix === "" || access.listing === "bucket"
        ? {}
        : { Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } } }),
    },
    { Effect: "Allow", Action: [...OBJECT_ACTIONS[access.level], ...also].sort(), Resource: [`${arn}/${prefix}*`] },
  ];
}

/**
 * The IAM policy of one user. Actions are sorted and statements are unique, as MinIO stores them, so that an unchanged policy shows
 * no difference.
 * @param also actions on objects that a store asks for besides, where others take them to be part of reading
 */
export function userPolicy(grant: BucketGrant, also: readonly string[] = []): string {
  return policy(grant.access.flatMap((access) => statements(access, also)));
}

function policy(all: readonly Statement[]): string {
  const once = new Map(all.map((statement) => [JSON.stringify(statement), statement]));
  return JSON.stringify({ Version: "2012-10-17", Statement: [...once.values()] });
}

/** The policy of one bucket, for stores that keep rights there: the same statements, each with its user. */
export function bucketPolicy(bucket: string, grants: readonly BucketGrant[]): string {
  const all = grants.flatMap((grant) =>
    grant.access
      .filter((access) => access.bucket === bucket)
      .flatMap((access) => statements(access))
      .map((statement) => ({ ...statement, Principal: { AWS: [`arn:aws:iam:::user/${grant.user}`] } })),
  );
  return policy(all);
}
