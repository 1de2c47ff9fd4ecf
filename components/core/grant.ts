/** Who may do what with stored data, and the least privilege that it takes. Pure: object stores turn it into users. */

/** `append` may add and replace but never delete: raw data stays. */
export type AccessLevel = "read" | "append" | "write";

/** Access to one bucket, or to the part of it below a prefix. */
export interface BucketAccess {
  /** The bucket's real name. */
  readonly bucket: string;
  /** Ends in `/`. @default the whole bucket */
  readonly prefix?: string;
  readonly level: AccessLevel;
}

/** What one client may do in the object store. */
export interface BucketGrant {
  /** The user, named after the service. */
  readonly user: string;
  readonly access: readonly BucketAccess[];
}

/** What a client asks for, by the buckets' real names. */
export function bucketGrant<Key extends string>(
  user: string,
  access: readonly { readonly bucket: Key; readonly prefix?: string; readonly level: AccessLevel }[],
  names: Readonly<Record<Key, string>>,
): BucketGrant {
  return { user, access: access.map((request) => ({ ...request, bucket: names[request.bucket] })) };
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
function statements(access: BucketAccess): Statement[] {
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
      ...(prefix === "" ? {} : { Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } } }),
    },
    { Effect: "Allow", Action: OBJECT_ACTIONS[access.level], Resource: [`${arn}/${prefix}*`] },
  ];
}

/**
 * The policy of one user (IAM). Actions are sorted, and nothing is said twice (MinIO would drop it): so nothing shows as changed
 * when nothing has.
 */
export function userPolicy(grant: BucketGrant): string {
  return policy(grant.access.flatMap(statements));
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
      .flatMap(statements)
      .map((statement) => ({ ...statement, Principal: { AWS: [`arn:aws:iam:::user/${grant.user}`] } })),
  );
  return policy(all);
}
