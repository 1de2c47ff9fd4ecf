/**
 * Users that services sign in as. Each generation of credentials is a user of its own with the same rights and a Secret of its own,
 * so that two are valid while pods change from one to the next. Pure.
 */

export interface Credentials {
  /** 1 for the first. */
  readonly generation: number;
  /** Whether the generation before is valid too. */
  readonly keepPrevious: boolean;
}

/** Credentials that were never rotated. */
export const FIRST: Credentials = { generation: 1, keepPrevious: false };

export interface Login {
  /** The user's name: the service's, and from the second generation on its number, such as `spark-2`. */
  readonly user: string;
  /** Suffix of the names of the generation's own resources: empty for the first, such as `-2` for others. */
  readonly suffix: string;
}

/**
 * Names by which settings may know a service that signs in: its own, and of one that its system makes for each entry of its settings
 * the part before the first `-`, such as `sources` of `sources-prices`.
 */
export const clientNames = (service: string): readonly string[] => [service, service.split("-")[0] ?? ""];

/**
 * The generation that the settings give a service.
 * @throws Error for a service that no setting could rotate
 */
export function credentialsOf(all: Readonly<Record<string, Credentials>>, service: string): Credentials {
  const client = clientNames(service).flatMap((name) => (Object.hasOwn(all, name) ? [all[name]] : []))[0];
  if (client === undefined)
    throw new Error(`${service} signs in, but nothing can rotate its credentials: name it among its system's clients`);
  return client;
}

/** Login of the next generation, whose rotation has not begun. */
export function nextLogin(service: string, { suffix }: Login): Login {
  const generation = suffix === "" ? 1 : Number(suffix.slice(1));
  return logins(service, { generation: generation + 1, keepPrevious: false })[0];
}

/** Ends names of what a generation has of its own: empty for the first, such as `-2` for others. */
export const suffixOf = (generation: number): string => (generation === 1 ? "" : `-${String(generation)}`);

/** Valid logins; the service uses the first. */
export function logins(service: string, { generation, keepPrevious }: Credentials): readonly [Login, ...Login[]] {
  const login = (number: number): Login => {
    const suffix = suffixOf(number);
    return { user: `${service}${suffix}`, suffix };
  };
  return keepPrevious ? [login(generation), login(generation - 1)] : [login(generation)];
}
