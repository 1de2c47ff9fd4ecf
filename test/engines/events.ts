/** Raw events from a seed, and their expected totals, computed without any engine. */
export interface Event {
  readonly id: string;
  /** Day and time, UTC. */
  readonly time: string;
  readonly user: string;
  readonly type: string;
  readonly properties: string;
  readonly ingested: string;
}

const TYPES = ["buy", "click", "view"] as const;
/** Day of ingestion of all events; duplicates come an hour later. */
export const DAY = "2026-03-05";

/** A small random generator with a seed (mulberry32), so that all machines get the same numbers. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Valid events, some of them twice, and some invalid ones. */
export function events(seed: number, count: number): { raw: Event[]; valid: Event[]; refused: number } {
  const next = random(seed);
  const pick = (below: number) => Math.floor(next() * below);
  const two = (number: number) => String(number).padStart(2, "0");
  const all = Array.from({ length: count }, (_, at) => {
    const event = {
      id: `e-${seed}-${at}`,
      time: `2026-03-0${1 + pick(4)} ${two(pick(24))}:${two(pick(60))}:00`,
      user: `u${pick(40)}`,
      type: TYPES[pick(3)]!,
      properties: `{"n":"${at}"}`,
      ingested: `${DAY} 08:00:00`,
    };
    return next() < 0.05 ? { ...event, properties: "not JSON" } : event;
  });
  const valid = all.filter(({ properties }) => properties.startsWith("{"));
  const copies = valid.filter(() => next() < 0.1).map((event) => ({ ...event, ingested: `${DAY} 09:00:00` }));
  return { raw: [...all, ...copies], valid, refused: all.length - valid.length };
}

export function insert(table: string, raw: readonly Event[]): string {
  const time = (text: string) => `TIMESTAMP '${text} UTC'`;
  const rows = raw.map(
    ({ id, time: at, user, type, properties, ingested }) =>
      `('${id}', ${time(at)}, '${user}', '${type}', '${properties}', ${time(ingested)})`,
  );
  return `INSERT INTO ${table} (event_id, event_time, user_id, event_type, properties, ingested_at) VALUES ${rows.join(", ")}`;
}

/** Expected rows of gold.daily_events in order: day, type, events, users. */
export function dailyEvents(valid: readonly Event[]): [string, string, number, number][] {
  const groups = new Map<string, Event[]>();
  for (const event of valid) {
    const key = `${event.time.slice(0, 10)} ${event.type}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, all]) => {
      const [day, type] = key.split(" ") as [string, string];
      return [day, type, all.length, new Set(all.map(({ user }) => user)).size];
    });
}
