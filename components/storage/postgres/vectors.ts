import type { VectorAccess, VectorRequest, VectorStore } from "../../core/vector-spaces";
import { type Endpoint, url } from "../../core/endpoint";
import type { Service } from "../../core/service";
import { VectorSpaces } from "../../core/vector-spaces";
import { type DatabaseGrants, VECTORS } from "./access";

/** Vectors in PostgreSQL by pgvector: each space is a schema of the database `vectors`, owned by the role of the client that writes it. */
export class PostgresVectors implements VectorStore {
  readonly kind = "pgvector";
  private readonly spaces = new VectorSpaces();

  constructor(
    readonly endpoint: Endpoint,
    private readonly access: DatabaseGrants,
  ) {}

  grant(client: Service, access: readonly VectorRequest[]): VectorAccess {
    this.spaces.ask(client.service, access);
    const asked = access.map(({ space, level }) => ({ schema: space, level }));
    const { secret, userKey, passwordKey } = this.access.schemas(client, VECTORS, asked);
    return {
      secret,
      userKey,
      passwordKey,
      endpoint: this.endpoint,
      kind: this.kind,
      url: `${url(this.endpoint)}/${VECTORS}`,
    };
  }
}
