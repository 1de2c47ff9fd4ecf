import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { Database, DatabaseAccess, Libraries, ObjectStore } from "../../core/capabilities";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { BACKUP_PREFIX } from "./backup";
import { pins } from "./pins";
import * as pods from "./pods";
import type { HiveMetastoreSettings } from "./settings";

export interface MetastoreTasksArgs {
  readonly platform: Platform;
  readonly settings: HiveMetastoreSettings;
  readonly objects: ObjectStore;
  readonly database: Database;
  /** The metastore's own database and role. */
  readonly metastore: DatabaseAccess;
  readonly libraries: Libraries;
  /** Secrets of the metastore, which the tasks read besides their own. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Tasks on the metastore's database: its schema, and its dumps. A service of its own, because a dump needs access to no more of the
 * object store than the prefix of dumps. Only the task creates the schema: servers start by a command that never changes it, they
 * depend on the task, and Pulumi waits until a Job is complete. A Job runs one pod at a time, and a new version of the image
 * replaces the Job, so each version upgrades once. Even if Kubernetes starts a second pod, nothing is done twice: it fails at its
 * first CREATE TABLE, and the next try finds the version that the first one writes last. Only a pod that is killed halfway leaves a
 * database without a version, where every try fails: nobody has used it yet, so drop it and run `pulumi up` again.
 */
export class MetastoreTasks extends Service {
  /** Task that servers depend on. */
  readonly schema: Task;

  constructor(name: string, args: MetastoreTasksArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database, metastore, libraries } = args;
    const namespace = platform.namespace("catalog");
    super("catalog:MetastoreTasks", name, { namespace, pods: pods.metastoreTaskPods(platform, settings) }, opts);

    this.use(metastore);
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, [pins.postgresJdbc.jar], "schema") : undefined;
    const s3 = this.use(objects.grant(this, [{ bucket: "backups", prefix: BACKUP_PREFIX, level: "write" }]), "backup");
    // A dump only reads: with the owner's role, a mistake in it or a stolen password could change tables.
    const reader = this.use(database.read(this, metastore.database));
    const facts = { settings, objects, metastore, s3, fetcher };

    const child = { parent: this, dependsOn: [...args.after, ...this.parts] };
    this.schema = new Task(`${name}-schema`, pods.schemaPod(this.group("schema"), facts), child);
    const { schedule } = settings.backup;
    const backup = pods.backupPod(this.group("backup"), { ...facts, reader });
    new Task(`${name}-backup`, { ...backup, schedule }, child);
    this.registerOutputs();
  }
}
