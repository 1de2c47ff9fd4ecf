import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, DatabaseAccess, Libraries, ObjectStore } from "../core/capabilities";
import { jars } from "../core/versions";
import { Service } from "../core/service";
import { Task } from "../core/task";
import { BACKUP_PREFIX } from "./hive-metastore.backup";
import * as pods from "./hive-metastore.pods";

export interface MetastoreTasksArgs {
  readonly platform: Platform;
  readonly settings: pods.HiveMetastoreSettings;
  readonly objects: ObjectStore;
  readonly database: Database;
  /** The metastore's own database and role. */
  readonly metastore: DatabaseAccess;
  readonly libraries: Libraries;
  /** What the tasks read, besides their own Secrets: the metastore's. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * What is done to the metastore's database: its schema, and its dumps. A service of its own, because a dump needs no more
 * of the object store than the place where dumps go.
 *
 * The schema is made by its task and by nobody else: servers are started by a command that never touches it, they are
 * registered after the task, and Pulumi waits until a Job is complete. A Job runs one pod at a time, and a new version of
 * the image makes a new Job of it, so each version upgrades once. Even if Kubernetes starts a second pod, nothing is done
 * twice: it fails at its first CREATE TABLE, and the next try finds the version that the first one writes last. Only a pod
 * that is killed halfway leaves a database without a version, where every try fails: nobody has used it yet, so drop it
 * and run `pulumi up` again.
 */
export class MetastoreTasks extends Service {
  /** What servers wait for. */
  readonly schema: Task;

  constructor(name: string, args: MetastoreTasksArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database, metastore, libraries } = args;
    const namespace = platform.namespace("catalog");
    super("catalog:MetastoreTasks", name, { namespace, pods: pods.metastoreTaskPods(platform, settings) }, opts);

    this.use(metastore);
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, [jars.postgresJdbc], "schema") : undefined;
    const s3 = this.use(objects.grant(this, [{ bucket: "backups", prefix: BACKUP_PREFIX, level: "write" }]), "backup");
    // A dump reads: with the owner's role a mistake in it, or its stolen password, would change the tables' pointers.
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
