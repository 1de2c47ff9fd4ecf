import { MiB } from "../../core/quantity";

/** How the memory of a server is divided. */
export interface Memory {
  /** Most bytes that the server tracks for itself. */
  readonly server: number;
  /** Most bytes of one statement of a client; beyond half of it sorts and groups go to disk. */
  readonly statement: number;
  /** Bytes of the cache of marks, by which rows are found in columns. */
  readonly marks: number;
  /** Statements that run at the same time. */
  readonly statements: number;
}

/** What the server tracks of its limit: code, stacks of threads and the allocator's own are outside of it. */
const TRACKED = 0.85;
/** The server's default, for machines of 32 GiB and more. */
const MOST_MARKS = 5 * 1024 * MiB;
const LEAST_STATEMENTS = 20;
const MOST_STATEMENTS = 200;

/**
 * Division of a server's memory: one statement may take half of what is tracked, marks an eighth (upstream's default is 5 GiB on any
 * machine), and there is a statement for each 64 MiB, 20 to 200.
 * @param limit bytes of the container
 */
export function memoryOf(limit: number): Memory {
  const whole = (bytes: number) => Math.floor(bytes / MiB) * MiB;
  const server = whole(limit * TRACKED);
  return {
    server,
    statement: whole(server / 2),
    marks: Math.min(MOST_MARKS, whole(server / 8)),
    statements: Math.min(MOST_STATEMENTS, Math.max(LEAST_STATEMENTS, Math.floor(limit / (64 * MiB)))),
  };
}
