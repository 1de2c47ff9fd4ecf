import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ObjectAccess, ObjectStore, TopicAccess } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { PROJECT } from "../../core/project";
import { fillTemplate, json } from "../../core/render";
import { inboxOf } from "./config";
import { pins } from "./pins";
import type { NifiSettings } from "./settings";

/** The flow and its parameters, as the task hands them over, from `pipelines/nifi`. Pure but for reading those. */

export const FLOWS_DIRECTORY = "/opt/lakehouse/flows";
/** Where objects stand in bronze: the user has no right elsewhere. */
export const PREFIX = "nifi/";
export const DEPLOY_FILE = "deploy.py";
const FOLDER = join(PROJECT, "pipelines", "nifi");
const FLOW_FILE = "bronze.json";

export const deployProgram = (): string => readFileSync(join(FOLDER, DEPLOY_FILE), "utf8");

/** Variables with what is secret. */
export const VARIABLES = {
  s3User: "S3_ACCESS_KEY",
  s3Password: "S3_SECRET_KEY",
  kafkaPassword: "KAFKA_PASSWORD",
} as const;

interface Component {
  readonly name: string;
}
interface Connection {
  readonly source: Component;
  readonly destination: Component;
}
interface Flow {
  readonly flowContents: {
    readonly processors: readonly Component[];
    readonly connections: readonly Connection[];
    readonly controllerServices: readonly Component[];
  };
}

/** What is of use with topics alone. */
const OF_TOPICS: readonly string[] = ["Take records", "Name records", "Kafka"];

export type Kafka = Pick<TopicAccess, "bootstrap" | "user" | "securityProtocol" | "mechanism">;

/** The flow of a stack: without topics it has nothing of Kafka. */
export function flowFile({ queue, node, inbox }: NifiSettings, kafka: Kafka | undefined): string {
  const text = fillTemplate(`pipelines/nifi/${FLOW_FILE}`, readFileSync(join(FOLDER, FLOW_FILE), "utf8"), {
    version: pins.nifi.version,
    // One folder for all nodes has one reader; else each node reads its own.
    inboxNode: inbox !== undefined && node.replicas > 1 ? "PRIMARY" : "ALL",
    securityProtocol: kafka?.securityProtocol ?? "",
    mechanism: kafka?.mechanism ?? "",
  });
  const { flowContents, ...rest } = JSON.parse(text) as Flow;
  const here = ({ name }: Component) => kafka !== undefined || !OF_TOPICS.includes(name);
  return json({
    ...rest,
    flowContents: {
      ...flowContents,
      processors: flowContents.processors.filter(here),
      controllerServices: flowContents.controllerServices.filter(here),
      connections: flowContents.connections
        .filter(({ source, destination }) => here(source) && here(destination))
        .map((one) => ({
          ...one,
          backPressureObjectThreshold: queue.objects,
          backPressureDataSizeThreshold: `${String(queue.size)} B`,
        })),
    },
  });
}

export interface Places {
  readonly objects: Pick<ObjectStore, "region" | "buckets"> & { readonly endpoint: ObjectAccess["endpoint"] };
  readonly kafka: Kafka | undefined;
}

/** Values of the flow's parameters; of a secret only the variable's name. */
export function parametersFile(settings: NifiSettings, { objects, kafka }: Places): string {
  const value = (text: string) => ({ value: text });
  const secret = (variable: string) => ({ variable });
  return json({
    "bucket": value(objects.buckets.bronze),
    "prefix": value(PREFIX),
    "inbox": value(inboxOf(settings)),
    "inbox.age": value("10 sec"),
    "s3.endpoint": value(url(objects.endpoint)),
    "s3.region": value(objects.region),
    "s3.access.key": secret(VARIABLES.s3User),
    "s3.secret.key": secret(VARIABLES.s3Password),
    ...(kafka === undefined
      ? {}
      : {
          "kafka.bootstrap": value(kafka.bootstrap),
          "kafka.topics": value(settings.topics.join(",")),
          "kafka.user": value(kafka.user),
          "kafka.password": secret(VARIABLES.kafkaPassword),
        }),
  });
}
