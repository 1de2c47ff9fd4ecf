import type { DatabaseAccess, ObjectStore, SecretKeys, TopicAccess } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { ownObjects } from "../../core/grant";
import type { ContainerArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { shared } from "../../core/versions";
import * as config from "./config";
import { ingestionScript } from "./ingestion";
import { pins } from "./pins";
import { type Role, SEGMENTS, SEGMENTS_PATH, USERS } from "./pods";
import { ALIVE, ALIVE_FILE, USERS_DIRECTORY, usersScript } from "./users";

/** Containers of Druid's pods, as pure functions of what was granted. */

type Env = NonNullable<ContainerArgs["env"]>;

export interface Granted {
  readonly objects: ObjectStore;
  readonly s3: SecretKeys;
  readonly metadata: DatabaseAccess;
  /** Where topics are read. */
  readonly kafka: TopicAccess | undefined;
}

/** Secret with the passwords of Druid's own two users. */
export const OWN = {
  role: "server",
  secret: "druid-server",
  admin: "adminPassword",
  internal: "internalPassword",
} as const;

/** Roles that ask Kafka. */
export const READING: readonly Role[] = ["coordinator", "indexer"];

const field = (fieldPath: string) => ({ fieldRef: { fieldPath } });

/** Who a pod is, for the API server and for other pods. */
const SELF: Env = {
  POD_NAME: field("metadata.name"),
  POD_NAMESPACE: field("metadata.namespace"),
  POD_IP: field("status.podIP"),
};

/** Each role is told what it uses, and no more: brokers and routers know neither the store nor the database. */
export function environment(role: Role, { objects, s3, metadata, kafka }: Granted): Env {
  const { databaseUser, databasePassword, admin, internal, kafka: jaas } = config.VARIABLES;
  return {
    ...SELF,
    AWS_REGION: objects.region,
    ...objects.sdk.env,
    [internal]: fromSecret(OWN.secret, OWN.internal),
    ...(config.STORING.includes(role) ? credentialsEnv(s3, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") : {}),
    ...(READING.includes(role) && kafka !== undefined ? { [jaas]: fromSecret(kafka.secret, kafka.jaasKey) } : {}),
    ...(role === "coordinator"
      ? { ...credentialsEnv(metadata, databaseUser, databasePassword), [admin]: fromSecret(OWN.secret, OWN.admin) }
      : {}),
  };
}

/** A role's process. Where it is not ready, others do not find it: so the probe is patient with one that is busy. */
export function process(group: PodGroup, granted: Granted): ContainerArgs {
  const role = group.role as Role;
  const asked = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 10 });
  return {
    name: "druid",
    image: pins.druid.image,
    command: config.command(group),
    env: environment(role, granted),
    ports: { http: config.PORTS[role], [config.METRICS.portName]: config.METRICS.port },
    ...(role === "historical" ? { mounts: { [SEGMENTS_PATH]: SEGMENTS } } : {}),
    // A historical first reads what is on its volume.
    startupProbe: { ...asked(config.HEALTH), periodSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...asked(config.READY[role]), periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...asked(config.HEALTH), periodSeconds: 15, failureThreshold: 6 },
  };
}

/** What makes the users, beside each coordinator. Upstream's image has no client of HTTP. */
export const usersContainer: ContainerArgs = {
  name: USERS,
  image: shared.nginx.image,
  command: ["/bin/sh", "-c"],
  args: [usersScript()],
  env: { HOME: "/tmp", ADMIN_PASSWORD: fromSecret(OWN.secret, OWN.admin) },
  mounts: { [USERS_DIRECTORY]: USERS },
  // Ready whether or not Druid takes its users: a pod that is not ready is not found by others.
  readinessProbe: { exec: { command: ["test", "-e", ALIVE_FILE] }, periodSeconds: 10 },
  livenessProbe: { exec: { command: ALIVE }, periodSeconds: 60, failureThreshold: 3 },
};

export const ingestionContainer = (router: string, login: SecretKeys): ContainerArgs => ({
  name: "ingestion",
  image: shared.nginx.image,
  command: ["/bin/sh", "-ec"],
  args: [ingestionScript(router)],
  env: { HOME: "/tmp", ...credentialsEnv(login, "DRUID_USER", "DRUID_PASSWORD") },
});

export const places = (service: string, { objects, metadata }: Granted): config.Places => ({
  jdbcUrl: metadata.jdbcUrl,
  s3: { url: url(objects.endpoint), region: objects.region },
  objects: ownObjects(service, objects.buckets),
});
