import type * as pulumi from "@pulumi/pulumi";

import type { ObjectStore } from "../../core/capabilities";
import { outsideEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import * as config from "./config";
import { migrationMonitoring } from "./monitoring";
import { pins } from "./pins";
import { migrationPods } from "./pods";
import type { Item, MigrationSettings } from "./settings";

export interface MigrationArgs extends Facts<MigrationSettings> {
  readonly name: string;
  readonly item: Item;
  readonly objects: ObjectStore;
}

/** The image has a user of this number, and starts as root where none is named. */
const USER = 1009;
const ONCE_MORE = 2;

/** The way of one other store's objects into the stack's: a CronJob that reads there, and may add and replace here. */
export class Migration extends Service {
  constructor(args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, name, item, objects } = args;
    const service = config.serviceOf(name);
    const pods = migrationPods(platform, settings).filter((group) => group.service === service);
    const namespace = platform.namespace("migration");
    const monitoring = migrationMonitoring(service, namespace, item.freshHours);
    super("storage:Migration", service, { namespace, pods, monitoring }, opts);
    const access = this.use(objects.grant(this, config.rights(item)));
    const reason = "the other store stands outside of the cluster";
    this.link(outsideEndpoint({ name: `${service}-store`, url: item.endpoint, cidrs: item.cidrs, reason }));
    const group = this.group(service);
    new Task(
      service,
      {
        group,
        version: pins.rclone.version,
        user: USER,
        priorityClass: group.priorityClass,
        schedule: item.schedule,
        deadlineSeconds: item.deadlineHours * 3600,
        backoffLimit: ONCE_MORE,
        finalCodes: [config.DIFFERENT],
        config: {
          run: { mountPath: config.DIRECTORY, files: { [config.FILE]: config.script(item, objects.buckets) } },
        },
        containers: [
          {
            name: "rclone",
            image: pins.rclone.image,
            command: ["sh", `${config.DIRECTORY}/${config.FILE}`],
            env: {
              ...config.variables(item, { endpoint: url(objects.endpoint), region: objects.region }),
              RCLONE_CONFIG_FROM_ACCESS_KEY_ID: fromSecret(item.secret, "user"),
              RCLONE_CONFIG_FROM_SECRET_ACCESS_KEY: fromSecret(item.secret, "password"),
              ...credentialsEnv(access, "RCLONE_CONFIG_TO_ACCESS_KEY_ID", "RCLONE_CONFIG_TO_SECRET_ACCESS_KEY"),
            },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs();
  }
}
