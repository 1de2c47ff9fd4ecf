import * as pulumi from "@pulumi/pulumi";

import type { BucketNames, BucketRequest, ObjectAccess, ObjectStore } from "../../core/capabilities";
import { type Endpoint, outsideEndpoint } from "../../core/endpoint";
import { type BucketGrant, bucketGrant, userPolicy } from "../../core/grant";
import { type S3Sdk, s3Sdk } from "../../core/s3-sdk";
import type { Service } from "../../core/service";
import type { S3Settings } from "./settings";
import type { Bucket } from "../../core/bucket";
import { bucketNames } from "../buckets";

/**
 * An S3 service outside the cluster. Its owner makes buckets and users: for each client a Secret `<service>-s3` with
 * `AccessKey` and `SecretKey` in the client's namespace, for a user with the policy that this component outputs.
 */
export class ExternalObjectStore extends pulumi.ComponentResource implements ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly sdk: S3Sdk;
  readonly buckets: BucketNames;
  readonly grants: BucketGrant[] = [];

  constructor(
    name: string,
    args: {
      readonly settings: S3Settings;
      readonly buckets: readonly Bucket[];
      readonly grants: pulumi.Input<readonly BucketGrant[]>;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("lakehouse:storage:ExternalObjectStore", name, {}, opts);
    const { settings, buckets } = args;
    this.region = settings.region;
    this.sdk = s3Sdk(settings);
    this.buckets = bucketNames(buckets);
    this.endpoint = outsideEndpoint({
      name: "s3",
      url: settings.endpoint,
      cidrs: settings.cidrs,
      reason: "the object store stands outside the cluster",
    });
    this.registerOutputs({
      policies: pulumi
        .output(args.grants)
        .apply((all) => Object.fromEntries(all.map((grant) => [grant.user, userPolicy(grant)]))),
    });
  }

  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess {
    this.grants.push(bucketGrant(client.service, access, this.buckets));
    return { secret: `${client.service}-s3`, userKey: "AccessKey", passwordKey: "SecretKey", endpoint: this.endpoint };
  }
}
