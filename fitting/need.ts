import type { PresetName } from "../components/core/system";
import { type Fragment, merge, put } from "../components/settings/presets";
import { brokersFor } from "../components/streaming/kafka/check";
import { InputError } from "../inputs/input-error";

/** What a platform is for: messages a second, terabytes stored, people, terabytes that one query scans. */
export interface Need {
  readonly events?: number;
  readonly stored?: number;
  readonly users?: number;
  readonly scan?: number;
}

/** A setting that follows from a need. */
export interface Sized {
  /** `streaming.kafka.broker.replicas` */
  readonly path: string;
  readonly value: number | string | boolean;
  readonly reason: string;
}

const UNITS: Readonly<Record<keyof Need, { readonly form: string; readonly units: Readonly<Record<string, number>> }>> =
  {
    events: { form: "messages a second such as 1M/s", units: { "/s": 1, "k/s": 1e3, "M/s": 1e6 } },
    stored: { form: "data such as 500TB or 5PB", units: { TB: 1, PB: 1000 } },
    users: { form: "people such as 500 or 50k", units: { "": 1, "k": 1e3, "M": 1e6 } },
    scan: { form: "data of one query such as 500GB or 10TB", units: { GB: 0.001, TB: 1, PB: 1000 } },
  };
const NAMES = Object.keys(UNITS) as (keyof Need)[];

/** `events=1M/s,stored=5PB,users=50k,scan=10TB`. @throws InputError */
export function parseNeed(text: string): Need {
  const mistakes: string[] = [];
  const need: Partial<Record<keyof Need, number>> = {};
  for (const part of text.split(",").map((each) => each.trim())) {
    const [, name = part, number = "", unit = ""] = /^(\w+)=(\d+(?:\.\d+)?)(.*)$/.exec(part) ?? [];
    const known = NAMES.find((each) => each === name.split("=")[0]);
    if (known === undefined)
      mistakes.push(`--need: given ${JSON.stringify(part)}; allowed: ${NAMES.map((each) => `${each}=…`).join(", ")}`);
    else {
      const { form, units } = UNITS[known];
      const factor = units[unit];
      if (factor === undefined || number === "" || Number(number) === 0)
        mistakes.push(`--need: given ${JSON.stringify(part)}; allowed: ${known}=<${form}>`);
      else need[known] = Number(number) * factor;
    }
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  return need;
}

/**
 * The founding documents' tiers: [preset, TB stored, users, servers of the object store]. They name no users for the smallest: 10 000 a
 * PB, as the others have.
 */
const TIERS: readonly (readonly [preset: PresetName, stored: number, users: number, servers: number])[] = [
  ["minimal", 1000, 10_000, 4],
  ["medium", 5000, 50_000, 16],
  ["large", 10_000, 100_000, 32],
];

/** Trino's workers by what one query scans, in TB; the last is for more than 100. */
const SCANS: readonly (readonly [workers: number, upTo: number, range: string])[] = [
  [10, 10, "1 to 10 TB"],
  [50, 100, "10 to 100 TB"],
  [200, Infinity, "more than 100 TB"],
];

/** Messages a second that the founding rules end at. */
const MOST_EVENTS = 20e6;
/** 10 instances of an API for 50 000 users. */
const USERS_PER_INSTANCE = 5000;

/** Sizes by the founding rules, each with its reason. */
export function sizesFor({ events, stored, users, scan }: Need): {
  readonly preset: PresetName;
  readonly sized: readonly Sized[];
} {
  const [preset, tierTb, tierUsers, servers] = TIERS.find(
    ([, tb, people]) => (stored ?? 0) <= tb && (users ?? 0) <= people,
  ) ??
    TIERS[TIERS.length - 1] ?? ["large", 0, 0, 0];
  const sized: Sized[] = [
    {
      path: "preset",
      value: preset,
      reason: `the tier of ${amountOfData(tierTb)} and ${people(tierUsers)}: ${TIERS.map(([name, tb, many]) => `${name} up to ${amountOfData(tb)} and ${people(many)}`).join(", ")}`,
    },
  ];
  if (stored !== undefined) {
    sized.push({ path: "prices.objectStorageTb", value: stored, reason: "what is stored" });
    const needed = Math.max(4, Math.ceil((stored / tierTb) * servers));
    sized.push({
      path: "storage.objects.server.replicas",
      value: needed,
      reason: `servers of the object store, ${String(servers)} for ${amountOfData(tierTb)}; only where it is MinIO`,
    });
  }
  if (events !== undefined) {
    if (events > MOST_EVENTS)
      throw new InputError([
        `--need: given ${String(events)} events a second; allowed: at most 20M/s, where the founding rules end`,
      ]);
    sized.push({ path: "streaming.kafka.enabled", value: true, reason: "there are events" });
    sized.push({
      path: "streaming.kafka.messagesPerSecond",
      value: events,
      reason: "the plan refuses too few brokers for it",
    });
    sized.push({
      path: "streaming.kafka.broker.replicas",
      value: brokersFor(events),
      reason: `${millions(events)} messages a second: 3 brokers take 1M, 10 take 5M, 50 take 20M, and between them in proportion`,
    });
  }
  if (scan !== undefined) {
    const [workers, , range] = SCANS.find(([, upTo]) => scan <= upTo) ?? [200, 0, ""];
    sized.push({
      path: "query.trino.worker.replicas",
      value: workers,
      reason: `queries that scan ${amountOfData(scan)}: ${String(workers)} workers for ${range}`,
    });
  }
  if (users !== undefined)
    sized.push({
      path: "query.queryApi.server.replicas",
      value: Math.max(2, Math.ceil(users / USERS_PER_INSTANCE)),
      reason: `instances of the query API, 10 for 50 000 users; only where it is on`,
    });
  return { preset, sized };
}

/** The settings as a fragment of a stack file. */
export function fragmentOf(sized: readonly Sized[], leaveOut: (path: string) => boolean = () => false): Fragment {
  return sized
    .filter(({ path }) => !leaveOut(path))
    .reduce<Fragment>((all, { path, value }) => {
      const keys = path.split(".");
      const key = keys.pop() ?? "";
      return keys.length === 0 ? merge(all, { [key]: value }) : put(all, keys.join("."), { [key]: value });
    }, {});
}

const amountOfData = (tb: number): string =>
  tb >= 1000 ? `${String(tb / 1000)} PB` : tb < 1 ? `${String(tb * 1000)} GB` : `${String(tb)} TB`;
const people = (count: number): string => `${count.toLocaleString("en").replaceAll(",", " ")} users`;
const millions = (count: number): string => (count >= 1e6 ? `${String(count / 1e6)}M` : String(count));
