import type { Fragment } from "../components/settings/presets";

export const OBJECT_STORES = ["s3", "ceph", "minio", "seaweedfs"] as const;
export type ObjectStoreKind = (typeof OBJECT_STORES)[number];

/** Where an object store is, as far as somebody has said. */
export interface ObjectStoreWish {
  readonly kind: ObjectStoreKind;
  /** URL of a store that is there, or host where `pulumi up` will reach MinIO. @default one that has to be replaced */
  readonly endpoint?: string;
  /** Addresses of an S3 service. @default that of the endpoint, or ones that have to be replaced */
  readonly cidrs?: readonly string[];
  /** Settings of a store that was found in the cluster. */
  readonly found?: Fragment;
}

/** Addresses and names for examples (RFC 5737, RFC 2606): nothing answers there. */
const EXAMPLE = { host: "s3.example.org", cidr: "203.0.113.0/24" };
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Settings of `lakehouse:storage.objects`, and what has to be replaced in them before `pulumi up`. */
export function objectStore(
  { kind, endpoint, cidrs, found }: ObjectStoreWish,
  machines: number,
): { readonly settings: Fragment; readonly replace: readonly string[] } {
  if (kind === "ceph") return { settings: found?.kind === "ceph" ? found : { kind }, replace: [] };
  if (kind === "seaweedfs") return { settings: { kind }, replace: [] };
  const place = "storage.objects";
  if (kind === "s3") {
    const url = endpoint ?? `https://${EXAMPLE.host}`;
    const address = /^https?:\/\/(\d+\.\d+\.\d+\.\d+)/.exec(url)?.[1];
    const ranges = cidrs ?? [address === undefined ? EXAMPLE.cidr : `${address}/32`];
    return {
      settings: { kind, endpoint: url, cidrs: ranges },
      replace: [
        ...(endpoint === undefined ? [`${place}.endpoint`] : []),
        ...(cidrs === undefined && address === undefined ? [`${place}.cidrs`] : []),
      ],
    };
  }
  // On one machine, as Kind maps it; on several a name with a certificate, as an ingress or a load balancer has.
  if (machines === 1)
    return {
      settings: {
        kind,
        admin: { host: "127.0.0.1", port: 30900, tls: false, nodePort: 30900, from: ["172.16.0.0/12"] },
      },
      replace: [],
    };
  const host = endpoint?.replace(/^https?:\/\//, "").replace(/[:/].*$/, "") ?? EXAMPLE.host;
  return {
    settings: { kind, admin: { host, port: 443, from: PRIVATE } },
    replace: endpoint === undefined ? [`${place}.admin.host`] : [],
  };
}
