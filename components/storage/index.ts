import type * as pulumi from "@pulumi/pulumi";

import type { Database, ObjectStore } from "../core/capabilities";
import { url } from "../core/endpoint";
import { Layer, type LayerArgs } from "../layer";

/** Stored data: object store, databases, caches, and the libraries that pods start from. */
export class Storage extends Layer {
  readonly objects: ObjectStore | undefined;
  readonly database: Database | undefined;

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("storage:Storage", "storage", name, args, opts);
    this.objects = this.gives.objects?.[0];
    this.database = this.gives.database?.[0];
    this.registerOutputs({
      s3: this.objects === undefined ? undefined : url(this.objects.endpoint),
      buckets: this.objects?.buckets,
      postgres: this.database?.endpoint.host,
    });
  }
}
