import type { ObjectStore } from "../../components/core/capabilities";
import { serviceEndpoint } from "../../components/core/endpoint";
import { type BucketGrant, bucketGrant } from "../../components/core/grant";

/** A fake object store that records its grants. */
export function fakeObjects(): ObjectStore & { readonly grants: BucketGrant[] } {
  const grants: BucketGrant[] = [];
  const buckets = {
    bronze: "x-bronze",
    silver: "x-silver",
    gold: "x-gold",
    warehouse: "x-warehouse",
    backups: "x-backups",
    services: "x-services",
  };
  const peer = {
    kind: "pods",
    name: "minio",
    namespace: "lakehouse-storage",
    labels: { a: "minio" },
    managed: true,
  } as const;
  const endpoint = serviceEndpoint({ name: "s3", peer, service: "minio", port: 9000 });
  return {
    endpoint,
    region: "eu-test-1",
    sdk: {
      env: { AWS_REQUEST_CHECKSUM_CALCULATION: "when_required", AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required" },
      iceberg: {},
    },
    buckets,
    grants,
    grant: (client, access) => {
      grants.push(bucketGrant(client.service, access, buckets));
      return { secret: `${client.service}-s3`, userKey: "access-key", passwordKey: "secret-key", endpoint };
    },
  };
}
