/**
 * Allowed differences from the rendered files, with reasons. The rest of a value stays unchanged: of an endpoint only host and port
 * may change, a path must stay a path. Memory is as rendered; only limits of queries may be smaller.
 */
export type Kind = "endpoint" | "port" | "path" | "added" | "left out" | "shorter" | "smaller" | "larger" | "hashed";

export interface Allowed {
  /** The file, as `<engine>/<file>`. */
  readonly file: RegExp;
  readonly key: RegExp;
  readonly kind: Kind;
  readonly why: string;
}

export const ONE_MACHINE = "services have their own addresses in a cluster; here they share loopback";
export const BIND = "a server must not be reachable from other machines";
export const FOLDER = "the run's folder replaces the container's root";
export const SHARED_DISK = "the nodes share this machine's disk, whose free space is not theirs to judge";
