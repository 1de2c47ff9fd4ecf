import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, EventLog, Libraries, ObjectStore } from "../core/capabilities";
import { url } from "../core/endpoint";
import type { BucketGrant } from "../core/grant";
import { Service } from "../core/service";
import type { JarPin } from "../core/versions";
import type { Settings } from "../settings";
import { type Bucket, buckets } from "./buckets";
import { CephObjectStore } from "./ceph";
import { LibraryServer, NO_LIBRARIES } from "./libraries";
import { Minio } from "./minio";
import { Postgres } from "./postgres";
import {
  BarmanPlugin,
  barmanPluginPods,
  CloudNativePg,
  cloudNativePgPods,
  existingOperator,
} from "./postgres-operator";
import { ExternalObjectStore } from "./s3";

export { bucketMarks } from "./buckets";
export { libraryPins } from "./libraries.config";

export interface StorageArgs {
  readonly platform: Platform;
  readonly settings: Settings["storage"];
  /** Where buckets tell of their objects; undefined where the stack runs no Kafka. */
  readonly events: EventLog | undefined;
  /** Everything that the stack grants, known when all of it is described. */
  readonly grants: pulumi.Input<readonly BucketGrant[]>;
  /** Libraries that some system of the stack fetches. */
  readonly pins: readonly JarPin[];
}

/** Where data is kept: an object store for tables, PostgreSQL for metadata and relations, and what pods start from. */
export class Storage extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  readonly objects: ObjectStore;
  readonly database: Database;
  readonly libraries: Libraries;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:storage:Storage", name, {}, opts);
    const { platform, settings } = args;
    const child = { parent: this };
    const objects = objectStore(args, buckets(settings), child);
    const operator = cloudNativePgPods(platform, settings.postgres).map(
      (group) => new CloudNativePg(platform, group, child),
    );
    const operatorPeer = operator[0]?.peer() ?? existingOperator(settings.postgres);
    const plugin = barmanPluginPods(platform, settings.postgres).map(
      (group) => new BarmanPlugin(platform, group, operatorPeer, child),
    );
    const operators = [...operator, ...plugin];
    const postgres = new Postgres(
      "postgres",
      { platform, settings: settings.postgres, objects, operator: operatorPeer },
      { ...child, dependsOn: operators },
    );
    const libraries =
      args.pins.length === 0
        ? undefined
        : new LibraryServer("libraries", { platform, settings: settings.libraries, pins: args.pins }, child);
    this.objects = objects;
    this.database = postgres;
    this.libraries = libraries ?? NO_LIBRARIES;
    this.services = [objects, ...operators, postgres, libraries].filter((service) => service instanceof Service);
    this.registerOutputs({ s3: url(objects.endpoint), buckets: objects.buckets, postgres: postgres.endpoint.host });
  }
}

function objectStore(args: StorageArgs, all: readonly Bucket[], child: pulumi.ComponentResourceOptions): ObjectStore {
  const { platform, settings, grants, events } = args;
  switch (settings.objects.kind) {
    case "ceph":
      return new CephObjectStore("ceph", { platform, settings: settings.objects, buckets: all, grants }, child);
    case "minio":
      return new Minio("minio", { platform, settings: settings.objects, buckets: all, events }, child);
    case "s3":
      return new ExternalObjectStore("s3", { settings: settings.objects, buckets: all, grants }, child);
  }
}
