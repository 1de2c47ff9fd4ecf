import type { StackObject } from "./composition";
import { type Labels, labels, selector } from "./labels";
import { dataPodSecurity, RESTRICTED } from "./pod-security";

/** Objects that stand-ins are made of, in Kubernetes' form. */

export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** A variable with the value of a Secret's key. */
export const fromSecret = (name: string, { name: secret, key }: SecretKey) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** A variable with a value of its own. */
export const variable = (name: string, value: string) => ({ name, value });

export type Variable = ReturnType<typeof fromSecret> | ReturnType<typeof variable>;

/** Name, namespace and labels of an object of a service. */
export const standInMetadata = (name: string, namespace: string, service: string, role: string) => ({
  name,
  namespace,
  labels: labels({ service, role }),
});

/** The variable of a password: letters, digits and underscores. */
export const passwordVariable = (user: string): string =>
  `PASSWORD_${user.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;

/** Where the files of a setup are. */
export const SETUP = "/opt/lakehouse/setup";

export interface SetupArgs {
  readonly service: string;
  readonly namespace: string;
  readonly image: string;
  readonly user: number;
  /** @default the user's number */
  readonly group?: number;
  readonly command: readonly string[];
  readonly env: readonly Variable[];
  /** Files below `SETUP`. */
  readonly files: Readonly<Record<string, string>>;
  /** Labels of the server that it connects to. */
  readonly server: Labels;
  /** Whether it shares the server's network, for a port that is open there only. @default false */
  readonly inside?: boolean;
  /** @default 128Mi */
  readonly memory?: string;
}

/** Annotation of pods that share the network of a service's server. */
export const INSIDE = "lakehouse.dev/inside";

/** A Job that makes in a server what an operator or a provider makes in a cluster. */
export function setup(args: SetupArgs): StackObject[] {
  const { service, namespace, image, user, command, env, files, server, inside = false, memory = "128Mi" } = args;
  const { group = user } = args;
  const name = `${service}-setup`;
  const metadata = standInMetadata(name, namespace, service, "setup");
  const podLabels = selector({ service, role: "setup" });
  const container = {
    name: "setup",
    image,
    command,
    env: [variable("HOME", "/tmp"), ...env],
    resources: { limits: { cpu: "500m", memory } },
    securityContext: RESTRICTED,
    volumeMounts: [
      { name: "setup", mountPath: SETUP },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const to = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: server },
  };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: files },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata,
      spec: {
        template: {
          metadata: { labels: podLabels, ...(inside ? { annotations: { [INSIDE]: service } } : {}) },
          spec: {
            securityContext: { ...dataPodSecurity(user), runAsGroup: group, fsGroup: group },
            containers: [container],
            volumes: [
              { name: "setup", configMap: { name } },
              { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
            ],
          },
        },
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { ...metadata, name: `${name}-to-${service}` },
      spec: { podSelector: { matchLabels: podLabels }, egress: [{ to: [to] }] },
    },
  ];
}

/** A folder of an image: an absolute path, at the same place below another one. */
export interface Copied {
  readonly name: string;
  readonly image: string;
  /** `/kafka/connect/debezium-connector-postgres` */
  readonly folder: string;
  /** `/mnt/debezium`: the folder is there as it is in the image. */
  readonly below: string;
  readonly size: string;
}

export interface ServerArgs {
  readonly service: string;
  readonly namespace: string;
  /** Labels by which the operator's Services and the stack's policies select it. */
  readonly labels: Labels;
  readonly image: string;
  readonly user: number;
  /** @default the user's number */
  readonly group?: number;
  /** @default the image's own */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly Variable[];
  readonly ports: Readonly<Record<string, number>>;
  readonly resources: object;
  /** Files by their folder. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Folders in memory or of no worth, with their sizes. */
  readonly scratch: Readonly<Record<string, string>>;
  /** The folder that keeps data, and its size. @default it keeps none */
  readonly data?: { readonly path: string; readonly size: string };
  /** Folders of other images, which are copied before it starts, where a cluster mounts the whole image. @default none */
  readonly copies?: readonly Copied[];
  /** Names of Services. */
  readonly names: readonly string[];
  readonly ready: readonly string[];
  readonly stopSignal?: string;
}

/** One server, as its operator makes several. */
export function server(args: ServerArgs): StackObject[] {
  const { service, namespace, image, user, command, args: words, ports, resources, files, scratch, data } = args;
  const { group = user, copies = [] } = args;
  const podLabels = { ...selector({ service, role: "server" }), ...args.labels };
  const meta = (name: string) => standInMetadata(name, namespace, service, "server");
  const folders = Object.entries(files).map(([path, content], at) => ({ path, content, name: `conf-${String(at)}` }));
  const empty = Object.entries(scratch).map(([path, sizeLimit], at) => ({
    path,
    sizeLimit,
    name: `tmp-${String(at)}`,
  }));
  const [first = 0] = Object.values(ports);
  const container = {
    name: service,
    image,
    ...(command === undefined ? {} : { command }),
    ...(words === undefined ? {} : { args: words }),
    env: args.env,
    ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources,
    securityContext: RESTRICTED,
    startupProbe: { tcpSocket: { port: first }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { exec: { command: args.ready }, periodSeconds: 5, timeoutSeconds: 10, failureThreshold: 6 },
    ...(args.stopSignal === undefined ? {} : { lifecycle: { stopSignal: args.stopSignal } }),
    volumeMounts: [
      ...folders.map(({ name, path }) => ({ name, mountPath: path })),
      ...empty.map(({ name, path }) => ({ name, mountPath: path })),
      ...copies.map(({ name, below }) => ({ name, mountPath: below })),
      ...(data === undefined ? [] : [{ name: "data", mountPath: data.path }]),
    ],
  };
  return [
    ...folders.map(({ name, content }) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: meta(`${service}-${name}`),
      data: content,
    })),
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: meta(service),
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: podLabels },
          spec: {
            securityContext: { ...dataPodSecurity(user), runAsGroup: group, fsGroup: group },
            terminationGracePeriodSeconds: 60,
            ...(copies.length === 0 ? {} : { initContainers: copies.map(copyContainer) }),
            containers: [container],
            volumes: [
              ...folders.map(({ name }) => ({ name, configMap: { name: `${service}-${name}` } })),
              ...empty.map(({ name, sizeLimit }) => ({ name, emptyDir: { sizeLimit } })),
              ...copies.map(({ name, size }) => ({ name, emptyDir: { sizeLimit: size } })),
            ],
          },
        },
        ...(data === undefined
          ? {}
          : {
              volumeClaimTemplates: [
                { metadata: { name: "data" }, spec: { resources: { requests: { storage: data.size } } } },
              ],
            }),
      },
    },
    ...args.names.map((name) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: meta(name),
      spec: { selector: args.labels, ports: Object.values(ports).map((port) => ({ port, targetPort: port })) },
    })),
  ];
}

/** A newer image replaces what an older one has left. */
const copyContainer = ({ name, image, folder, below }: Copied) => ({
  name,
  image,
  command: ["/bin/sh", "-ec"],
  args: [`rm -rf ${below}${folder}\nmkdir -p ${below}${folder}\ncp -R ${folder}/. ${below}${folder}`],
  resources: { limits: { cpu: "500m", memory: "128Mi" } },
  securityContext: RESTRICTED,
  volumeMounts: [{ name, mountPath: below }],
});
