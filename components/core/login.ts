/**
 * Who a service signs in as. Each generation of credentials is a user of its own with the same rights and a Secret of its own, so
 * that two can be alive while pods go over from one to the next. Pure.
 */

/** Services that sign in somewhere. */
export const CLIENTS = [
  "connect",
  "flink",
  "hive-metastore",
  "metastore-tasks",
  "minio",
  "postgres",
  "spark",
  "trino",
] as const;
export type ClientName = (typeof CLIENTS)[number];

export interface Credentials {
  /** 1 for the first. */
  readonly generation: number;
  /** Whether the generation before is alive too. */
  readonly keepPrevious: boolean;
}

/** Nothing was ever rotated. */
export const FIRST: Credentials = { generation: 1, keepPrevious: false };

export interface Login {
  /** The user's name: the service's, and from the second generation on its number, such as `spark-2`. */
  readonly user: string;
  /** What names of the generation's own resources end in: empty for the first, such as `-2` for others. */
  readonly suffix: string;
}

/**
 * The generation that the settings give a service.
 * @throws Error for a service that no setting could rotate
 */
export function credentialsOf(all: Readonly<Record<ClientName, Credentials>>, service: string): Credentials {
  const client = CLIENTS.find((name) => name === service);
  if (client === undefined)
    throw new Error(`${service} signs in, but nothing can rotate its credentials: add it to CLIENTS in core/login.ts`);
  return all[client];
}

/** Those that are alive, the one to be used first. */
export function logins(service: string, { generation, keepPrevious }: Credentials): readonly [Login, ...Login[]] {
  const login = (number: number): Login => {
    const suffix = number === 1 ? "" : `-${String(number)}`;
    return { user: `${service}${suffix}`, suffix };
  };
  return keepPrevious ? [login(generation), login(generation - 1)] : [login(generation)];
}
