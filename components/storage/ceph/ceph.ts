import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { BucketNames, BucketRequest, ObjectAccess, ObjectStore } from "../../core/capabilities";
import { type Endpoint, serviceHost, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { type BucketGrant, bucketGrant, bucketPolicy } from "../../core/grant";
import { labels } from "../../core/labels";
import { type S3Sdk, s3Sdk } from "../../core/s3-sdk";
import { shellWord } from "../../core/render";
import { Service } from "../../core/service";
import { shared } from "../../core/versions";
import { Task } from "../../core/task";
import type { CephSettings } from "./settings";
import type { Bucket } from "../../core/bucket";
import { bucketNames, lifecycle } from "../buckets";
import { cephPods } from "./pods";

export interface CephArgs {
  readonly platform: Platform;
  readonly settings: CephSettings;
  readonly buckets: readonly Bucket[];
  /** All grants of the stack: RGW keeps rights in bucket policies, so each bucket needs the complete list. */
  readonly grants: pulumi.Input<readonly BucketGrant[]>;
  /** The store, where it is the stack's own. @default none */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * A Ceph cluster's RADOS gateway, provisioned by Rook: a bucket is an ObjectBucketClaim that carries its policy
 * and lifecycle, a grant is a CephObjectStoreUser in the client's namespace, whose Secret Rook makes there. The Rook
 * operator must allow the claims' fields `bucketPolicy` and `bucketLifecycle`, and the store users in our namespaces;
 * docs/homelab.md says how.
 */
export class CephObjectStore extends Service implements ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly sdk: S3Sdk;
  readonly buckets: BucketNames;
  readonly grants: BucketGrant[] = [];
  private readonly settings: CephSettings;
  private readonly platform: Platform;
  private readonly after: readonly pulumi.Resource[];

  constructor(name: string, args: CephArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, buckets, after = [] } = args;
    const versioned = buckets.filter((bucket) => bucket.versioning);
    super(
      "storage:CephObjectStore",
      name,
      { namespace: platform.namespace("storage"), pods: cephPods(platform, buckets) },
      opts,
    );
    this.settings = settings;
    this.platform = platform;
    this.after = after;
    this.region = settings.region;
    this.buckets = bucketNames(buckets);
    this.endpoint = gateway(settings);
    this.sdk = s3Sdk({ endpoint: url(this.endpoint), legacyMd5: settings.legacyMd5 });
    const claims = buckets.map((bucket) => this.claim(bucket, args));
    if (versioned.length > 0) this.enableVersioning(versioned, claims);
    this.registerOutputs({ endpoint: url(this.endpoint), buckets: this.buckets });
  }

  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess {
    const { service } = client;
    const { store, namespace: clusterNamespace } = this.settings;
    const alive = this.platform.logins(service);
    for (const { user, suffix } of alive) {
      // The bucket policy names each user.
      this.grants.push(bucketGrant(user, access, this.buckets, service));
      new k8s.apiextensions.CustomResource(
        `${service}-s3${suffix}`,
        {
          apiVersion: "ceph.rook.io/v1",
          kind: "CephObjectStoreUser",
          metadata: { name: user, namespace: client.namespace, labels: labels({ service, role: "s3" }) },
          spec: { store, clusterNamespace, displayName: user },
        },
        { parent: client, dependsOn: [...this.after] },
      );
    }
    const secret = `rook-ceph-object-user-${store}-${alive[0].user}`;
    return { secret, userKey: "AccessKey", passwordKey: "SecretKey", endpoint: this.endpoint };
  }

  private claim(bucket: Bucket, { platform, settings, grants }: CephArgs): pulumi.Resource {
    const storageClassName = settings.buckets === "claim" ? "lakehouse-bucket" : `lakehouse-bucket-${bucket.key}`;
    // An existing bucket is named in its storage class, a new one in its claim.
    if (settings.buckets === "existing" || bucket.key === "bronze") {
      new k8s.storage.v1.StorageClass(
        storageClassName,
        {
          metadata: { name: storageClassName, labels: labels({ service: this.service, role: "bucket" }) },
          provisioner: `${settings.namespace}.ceph.rook.io/bucket`,
          reclaimPolicy: "Retain",
          parameters: {
            objectStoreName: settings.store,
            objectStoreNamespace: settings.namespace,
            ...(settings.buckets === "existing" ? { bucketName: bucket.name } : {}),
          },
        },
        { parent: this },
      );
    }
    return this.custom(
      `bucket-${bucket.key}`,
      {
        apiVersion: "objectbucket.io/v1alpha1",
        kind: "ObjectBucketClaim",
        metadata: {
          name: `bucket-${bucket.key}`,
          namespace: this.namespace,
          labels: labels({ service: this.service, role: bucket.key }),
        },
      },
      {
        storageClassName,
        ...(settings.buckets === "claim" ? { bucketName: bucket.name } : {}),
        additionalConfig: {
          bucketPolicy: pulumi.output(grants).apply((all) => bucketPolicy(bucket.name, all)),
          bucketLifecycle: JSON.stringify(lifecycle(bucket)),
        },
      },
      { ...platform.dataOptions, dependsOn: [...this.after] },
    );
  }

  /** Claims cannot ask for versioning: a task with each bucket's own credentials switches it on. */
  private enableVersioning(versioned: readonly Bucket[], claims: readonly pulumi.Resource[]): void {
    this.link(this.endpoint);
    const env = Object.assign(
      { S3_URL: url(this.endpoint), MC_CONFIG_DIR: "/tmp/mc" },
      ...versioned.map(({ key }) => {
        const keys = { secret: `bucket-${key}`, userKey: "AWS_ACCESS_KEY_ID", passwordKey: "AWS_SECRET_ACCESS_KEY" };
        return credentialsEnv(keys, `${key.toUpperCase()}_USER`, `${key.toUpperCase()}_PASSWORD`);
      }),
    ) as Record<string, string>;
    const group = this.group("versioning");
    new Task(
      `${this.service}-versioning`,
      {
        group,
        version: shared.minioClient.version,
        user: 1000,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: "mc",
            image: shared.minioClient.image,
            command: ["/bin/sh", "-ec"],
            args: [versioningScript(versioned)],
            env,
          },
        ],
      },
      { parent: this, dependsOn: [...claims] },
    );
  }
}

/**
 * Endpoint of the gateway, by Rook's defaults: its pods listen on 8080 for HTTP, and on the Service's own port for HTTPS and on the
 * host network, where policies need the addresses of the nodes.
 */
export function gateway(settings: CephSettings): Endpoint {
  const { namespace, store, tls, hostCidrs, isolated } = settings;
  const onHost = hostCidrs.length > 0;
  const { port = tls ? 443 : 80 } = settings;
  const { targetPort = tls || onHost ? port : 8080 } = settings;
  return {
    name: "ceph-rgw",
    peer: onHost
      ? { kind: "range", name: "ceph-rgw", cidrs: hostCidrs }
      : {
          kind: "pods",
          name: "ceph-rgw",
          namespace,
          labels: { app: "rook-ceph-rgw", rook_object_store: store },
          managed: isolated,
        },
    host: serviceHost(`rook-ceph-rgw-${store}`, namespace),
    port,
    targetPorts: [targetPort],
    protocol: "TCP",
    scheme: tls ? "https" : "http",
  };
}

/** Enables versioning of each bucket with the credentials of its claim. */
export function versioningScript(versioned: readonly Bucket[]): string {
  return versioned
    .map(({ key, name }) => {
      const variable = key.toUpperCase();
      return [
        `mc alias set ${key} "$S3_URL" "$${variable}_USER" "$${variable}_PASSWORD" --api S3v4 --path on`,
        `mc version enable ${shellWord(`${key}/${name}`)}`,
      ].join("\n");
    })
    .join("\n");
}
