import type { ObjectStore, SecretKeys } from "../../core/capabilities";
import { credentialsEnv, fromSecret } from "../../core/env";
import { ownObjects } from "../../core/grant";
import type { ContainerArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { trustEnv } from "../../core/trust";
import { shared } from "../../core/versions";
import * as backup from "./backup.config";
import * as config from "./config";
import { pins } from "./pins";
import { CACHE, LOCAL_STORAGE, NAME, type Role, RUN_DIRECTORY, searches, STANDALONE } from "./pods";
import { RIGHTS_DIRECTORY, setupScript } from "./setup";

/** Containers of Milvus' pods, as pure functions. */

/** Secret with the password of `root`, which Milvus takes at its first start. */
export const ROOT = { role: "root", secret: `${NAME}-root`, key: "password" } as const;
export const RIGHTS = "rights";

/** Where Milvus' objects and metadata are. */
export function places(objects: ObjectStore, etcd: readonly string[], group: PodGroup): config.Places {
  const { host, port, scheme } = objects.endpoint;
  return {
    etcd,
    s3: { host, port, tls: scheme === "https", region: objects.region },
    objects: ownObjects(NAME, objects.buckets),
    ca: trustEnv(group).SSL_CERT_FILE,
  };
}

/** Roles that create `root`. */
const CREATES_ROOT: readonly Role[] = [STANDALONE, "mixcoord"];

export function process(group: PodGroup, objects: ObjectStore, s3: SecretKeys): ContainerArgs {
  const role = group.role as Role;
  const { accessKey, secretKey, rootPassword } = config.VARIABLES;
  const [cache] = group.volumes;
  const disk = cache?.size ?? group.scratch?.[LOCAL_STORAGE] ?? 0;
  const alive = { tcpSocket: { port: config.METRICS.portName }, timeoutSeconds: 10 };
  return {
    name: NAME,
    image: pins.milvus.image,
    command: ["/tini", "--", "/bin/sh", "-ec"],
    args: [config.startScript(role)],
    env: {
      MILVUSCONF: RUN_DIRECTORY,
      LOCAL_STORAGE_SIZE: config.diskLimit(disk),
      ...objects.sdk.env,
      ...credentialsEnv(s3, accessKey, secretKey),
      ...(CREATES_ROOT.includes(role) ? { [rootPassword]: fromSecret(ROOT.secret, ROOT.key) } : {}),
    },
    ports: {
      ...(role === STANDALONE || role === "proxy" ? { grpc: config.PORT } : {}),
      [config.METRICS.portName]: config.METRICS.port,
    },
    ...(searches(role) ? { mounts: { [LOCAL_STORAGE]: CACHE } } : {}),
    // An outage of etcd or of the object store makes pods unready; a restart would not help them.
    startupProbe: { ...alive, periodSeconds: 10, failureThreshold: 60 },
    readinessProbe: {
      httpGet: { path: config.HEALTH, port: config.METRICS.portName },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    livenessProbe: { ...alive, periodSeconds: 15, failureThreshold: 4 },
    ...(role === "proxy"
      ? // Clients' connections are led elsewhere before the proxy ends.
        { lifecycle: { preStop: { exec: { command: ["sleep", "15"] } } } }
      : {}),
  };
}

/** Upstream's image has curl, but not what reads its answers. */
export const setupContainer = (url: string): ContainerArgs => ({
  name: "setup",
  image: shared.nginx.image,
  command: ["/bin/sh", "-ec"],
  args: [setupScript()],
  env: { HOME: "/tmp", MILVUS_URL: url, ROOT_PASSWORD: fromSecret(ROOT.secret, ROOT.key) },
  mounts: { [RIGHTS_DIRECTORY]: RIGHTS },
});

/** Copies need the rights of `root`: they hold users and rights too. */
export function backupContainer(s3: SecretKeys): ContainerArgs {
  const { user, password, accessKey, secretKey, backupAccessKey, backupSecretKey } = backup.VARIABLES;
  return {
    name: "backup",
    image: pins.milvusBackup.image,
    command: ["/bin/sh", "-ec"],
    args: [backup.backupScript()],
    env: {
      HOME: "/tmp",
      [user]: "root",
      [password]: fromSecret(ROOT.secret, ROOT.key),
      ...credentialsEnv(s3, accessKey, secretKey),
      ...credentialsEnv(s3, backupAccessKey, backupSecretKey),
    },
  };
}
