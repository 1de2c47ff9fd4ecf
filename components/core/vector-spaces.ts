import type { SecretKeys } from "./capabilities";
import type { Endpoint } from "./endpoint";
import type { Service } from "./service";

/** What one client asks for of one space: a set of collections of vectors that one service writes. */
export interface VectorRequest {
  /** A database of Milvus, a schema of PostgreSQL: lower-case letters, digits and `_`, beginning with a letter. */
  readonly space: string;
  /** `write` creates, changes and drops collections too; one service writes a space. */
  readonly level: "read" | "write";
}

/** The way to vectors for one client. */
export interface VectorAccess extends SecretKeys {
  readonly endpoint: Endpoint;
  /** Protocol: Milvus' own, or SQL with the type `vector`. */
  readonly kind: "milvus" | "pgvector";
  /** Without credentials: `http://host:19530`, where a space is a database; `postgresql://host:5432/vectors`, where it is a schema. */
  readonly url: string;
}

/** Vectors that are found by their distance. */
export interface VectorStore {
  readonly endpoint: Endpoint;
  readonly kind: VectorAccess["kind"];
  /**
   * Gives a client a user of its own with exactly the access that it requests. A second call adds to it.
   * @throws Error for an invalid name, a second writer, and a reader of a space that nobody writes yet
   */
  grant(client: Service, access: readonly VectorRequest[]): VectorAccess;
}

const SPACE = /^[a-z][a-z0-9_]{0,39}$/;
/** Names that Milvus or PostgreSQL has itself. */
const TAKEN = /^(default|public|information_schema|pg_.*)$/;

/** Who writes which space of a vector store, by the same rules in every store, so that clients fit all of them. */
export class VectorSpaces {
  private readonly writers = new Map<string, string>();

  /**
   * Notes the writers among a client's requests.
   * @throws Error for no request, an invalid name, a second writer, and a reader of a space that nobody writes yet
   */
  ask(service: string, access: readonly VectorRequest[]): void {
    if (access.length === 0) throw new Error(`${service} asks for no space of vectors`);
    for (const { space, level } of access) {
      if (!SPACE.test(space) || TAKEN.test(space))
        throw new Error(
          `${service} asks for the space "${space}"; allowed: lower-case letters, digits and '_', beginning with a letter, at most 40, and none of default, public, information_schema, pg_…`,
        );
      const writer = this.writers.get(space);
      if (level === "write" && writer !== undefined && writer !== service)
        throw new Error(
          `${service} asks to write the space ${space}, which ${writer} writes; allowed: a space of its own`,
        );
      if (level === "write") this.writers.set(space, service);
      else if (writer === undefined)
        throw new Error(`${service} asks to read the space ${space}, which no service writes yet`);
    }
  }
}
