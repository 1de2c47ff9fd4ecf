import type { HasuraSettings } from "./settings";

/** How the connections to PostgreSQL are divided. Pure. */

/** Of one pod, to its metadata: one of them waits for changes that other pods make. */
export const METADATA_CONNECTIONS = 5;
/** Upstream's default, beyond which more connections make PostgreSQL slower. */
const MOST = 50;
/** Upstream's least. */
const LEAST = 2;
/** Of one pod to one source: a connection that has ended may still count. */
const SPARE = 1;

export interface Connections {
  /** Of one pod to one source. */
  readonly pool: number;
  /** Of all pods to one source: the bound of its user. */
  readonly bound: number;
}

type Sizes = Pick<HasuraSettings, "server" | "sources" | "connections">;

/** What each source gets; undefined where that is less than Hasura works with. */
export function divided({ server: { replicas }, sources, connections }: Sizes): Connections | undefined {
  const rest = Math.floor(connections / replicas) - METADATA_CONNECTIONS;
  const pool = Math.min(MOST, Math.floor(rest / Math.max(1, sources.length)) - SPARE);
  return pool < LEAST ? undefined : { pool, bound: replicas * (pool + SPARE) };
}

/** The fewest connections that are enough. */
export const fewest = ({ server: { replicas }, sources }: Sizes): number =>
  replicas * (METADATA_CONNECTIONS + Math.max(1, sources.length) * (LEAST + SPARE));
