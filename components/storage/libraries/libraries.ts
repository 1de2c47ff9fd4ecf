import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { Libraries } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { jarFetcher, jarFile } from "../../core/jars";
import type { Jar } from "../../core/pins";
import type { ContainerArgs, PodArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { Service } from "../../core/service";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { libraryPods } from "./pods";
import type { LibrarySettings } from "./settings";

export interface LibraryServerArgs {
  readonly platform: Platform;
  readonly settings: LibrarySettings;
  /** Libraries that it serves. */
  readonly pins: readonly Jar[];
}

/** The image's user. */
const USER = 101;
const VOLUME = "libraries";

/** Pod that downloads missing libraries and then serves them: when it is ready, it has all libraries with checked sums. */
export function libraryPod(group: PodGroup, pins: readonly Jar[], source: string): PodArgs {
  const mounts = { [config.LIBRARY_DIRECTORY]: VOLUME };
  return {
    group,
    version: shared.nginx.version,
    user: USER,
    priorityClass: group.priorityClass,
    config: { conf: { mountPath: config.CONFIG_DIRECTORY, files: { [config.CONFIG_FILE]: config.nginxConf() } } },
    initContainers: [
      {
        name: "obtain",
        image: shared.nginx.image,
        command: ["/bin/sh", "-ec"],
        args: [config.obtainScript(pins, source)],
        env: { HOME: "/tmp" },
        mounts,
      },
    ],
    containers: [
      {
        name: "nginx",
        image: shared.nginx.image,
        command: ["/bin/sh", "-ec"],
        args: [config.serveScript()],
        ports: { http: config.PORT },
        mounts,
        readinessProbe: { httpGet: { path: `/${config.SUMS}`, port: "http" }, periodSeconds: 5, timeoutSeconds: 5 },
        livenessProbe: { httpGet: { path: config.ALIVE, port: "http" }, periodSeconds: 15, timeoutSeconds: 5 },
      },
    ],
  };
}

/**
 * Server of the libraries that upstream's images lack, for the start of all other pods. Only its pods connect to the Maven
 * repository, and only until their volumes have all libraries.
 */
export class LibraryServer extends Service implements Libraries {
  private readonly endpoint: Endpoint;
  private readonly pins: readonly Jar[];

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

  fetcher(client: Service, pins: readonly Jar[], role?: string): ContainerArgs {
    const missing = pins.filter((pin) => !this.pins.includes(pin));
    if (missing.length > 0)
      throw new Error(
        `${client.service} fetches ${missing.map(jarFile).join(", ")}, which ${this.service} does not serve`,
      );
    client.link(this.endpoint, role);
    return jarFetcher(pins, url(this.endpoint));
  }
}
