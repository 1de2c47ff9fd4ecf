import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Libraries } from "../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../core/endpoint";
import { jarFetcher, jarFile } from "../core/jars";
import type { ContainerArgs, PodArgs } from "../core/pod";
import type { PodGroup } from "../core/pod-group";
import { MiB } from "../core/quantity";
import { Service } from "../core/service";
import { images, type JarPin, versions } from "../core/versions";
import { Workload } from "../core/workload";
import * as config from "./libraries.config";
import { monitoring } from "./libraries.monitoring";

export interface LibraryServerArgs {
  readonly platform: Platform;
  readonly settings: config.LibrarySettings;
  /** What it has. */
  readonly pins: readonly JarPin[];
}

/** The image's user. */
const USER = 101;
const VOLUME = "libraries";

export function libraryPods(platform: Platform, settings: config.LibrarySettings): PodGroup[] {
  const names = { service: "libraries", role: "server", namespace: platform.namespace("storage") };
  const volumes = [platform.volume(VOLUME, settings.volume)];
  return [platform.podGroup({ ...names, volumes, scratch: { "/tmp": 64 * MiB } }, settings.server)];
}

/** Obtains what is missing, then serves: a pod that is ready has everything, and its sums are right. */
export function libraryPod(group: PodGroup, pins: readonly JarPin[], source: string): PodArgs {
  const mounts = { [config.LIBRARY_DIRECTORY]: VOLUME };
  const conf = `${config.CONFIG_DIRECTORY}/${config.CONFIG_FILE}`;
  return {
    group,
    version: versions.nginx,
    user: USER,
    priorityClass: group.priorityClass,
    config: { conf: { mountPath: config.CONFIG_DIRECTORY, files: { [config.CONFIG_FILE]: config.nginxConf() } } },
    initContainers: [
      {
        name: "obtain",
        image: images.nginx,
        command: ["/bin/sh", "-ec"],
        args: [config.obtainScript(pins, source)],
        env: { HOME: "/tmp" },
        mounts,
      },
    ],
    containers: [
      {
        name: "nginx",
        image: images.nginx,
        // Past the image's entrypoint, which edits configuration.
        command: ["nginx", "-e", "stderr", "-c", conf],
        ports: { http: config.PORT },
        mounts,
        readinessProbe: { httpGet: { path: `/${config.SUMS}`, port: "http" }, periodSeconds: 5, timeoutSeconds: 5 },
        livenessProbe: { httpGet: { path: config.ALIVE, port: "http" }, periodSeconds: 15, timeoutSeconds: 5 },
      },
    ],
  };
}

/**
 * The only pods that reach outside for what upstream's images lack: libraries on a volume, for every other pod's start. With
 * its volume filled it needs nobody.
 */
export class LibraryServer extends Service implements Libraries {
  private readonly endpoint: Endpoint;
  private readonly pins: readonly JarPin[];

  constructor(name: string, args: LibraryServerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, pins } = args;
    const facts = { namespace: platform.namespace("storage"), pods: libraryPods(platform, settings), monitoring };
    super("storage:LibraryServer", name, facts, opts);
    this.pins = pins;
    this.endpoint = serviceEndpoint({ name, peer: this.peer("server"), service: name, port: config.PORT });
    const source = config.librarySource(platform.mavenMirror, settings);
    this.link(source, "server");
    new Workload(
      `${name}-server`,
      {
        ...libraryPod(this.group("server"), pins, source.url),
        servicePorts: { http: { port: config.PORT } },
        serviceName: name,
        headless: false,
        reproducible: "libraries can be obtained again from their source",
      },
      { parent: this },
    );
    this.registerOutputs({ url: url(this.endpoint) });
  }

  fetcher(client: Service, pins: readonly JarPin[], role?: string): ContainerArgs {
    const missing = pins.filter((pin) => !this.pins.includes(pin));
    if (missing.length > 0)
      throw new Error(
        `${client.service} fetches ${missing.map(jarFile).join(", ")}, which ${this.service} does not have`,
      );
    client.link(this.endpoint, role);
    return jarFetcher(pins, url(this.endpoint));
  }
}

/** Of a stack whose images have everything. */
export const NO_LIBRARIES: Libraries = {
  fetcher: ({ service }) => {
    throw new Error(`${service} fetches libraries, and this stack serves none`);
  },
};
