/** Settings of AWS SDK clients for a store that may not be AWS. */
export interface S3Sdk {
  /** Variables of every process that holds such an SDK: Java's from 2.30 on, Python's from 1.36 on read them. */
  readonly env: Readonly<Record<string, string>>;
  /** Properties of an Iceberg catalog whose files are read and written by S3FileIO. */
  readonly iceberg: Readonly<Record<string, string>>;
}

/**
 * Newer SDKs send a checksum with each upload, in a trailer, and want one back with each download; stores that do not know
 * trailers refuse the request, or keep the trailer as part of the object. AWS knows them, so it keeps the SDK's default.
 * @param legacyMd5 sends `Content-MD5` where S3 asks for a checksum (deleting many objects at once), as older SDKs did
 */
export function s3Sdk({ endpoint, legacyMd5 }: { readonly endpoint: string; readonly legacyMd5: boolean }): S3Sdk {
  return {
    env: isAws(endpoint)
      ? {}
      : { AWS_REQUEST_CHECKSUM_CALCULATION: "when_required", AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required" },
    iceberg: legacyMd5 ? { "client.legacy-md5-plugin-enabled": "true" } : {},
  };
}

/** Amazon's own hosts, with those in China. */
export const isAws = (endpoint: string) => /(^|\.)amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
