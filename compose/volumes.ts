import type { Service, Volume } from "./services";

/** The one-shot service that gives volumes to their users, as Kubernetes does by a pod's group; backups run in it too. */
export const VOLUMES = "volumes";

/** Undefined without volumes. @param image with a shell, tar and find */
export function volumesService(volumes: readonly Volume[], image: string): (Service & object) | undefined {
  if (volumes.length === 0) return undefined;
  const lines = volumes.map(({ name, owner }) => `chown ${owner} /volumes/${name}`);
  return {
    image,
    user: "0:0",
    entrypoint: ["/bin/sh", "-euc"],
    command: [`${lines.join("\n")}\n`],
    volumes: volumes.map(({ name }) => `${name}:/volumes/${name}`),
    network_mode: "none",
    read_only: true,
    cap_drop: ["ALL"],
    cap_add: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    security_opt: ["no-new-privileges:true"],
    deploy: { resources: { limits: { cpus: "1", memory: "128M" } } },
  };
}
