import type { SecretKeys, SqlSource } from "../../../core/capabilities";
import { credentialsEnv } from "../../../core/env";
import { clickhouse } from "./clickhouse";
import { jdbc } from "./jdbc";
import { search } from "./search";

/** Values of a source's catalog file; user and password are references to the environment. */
export interface SourceFacts {
  readonly jdbcUrl: string;
  readonly user: string;
  readonly password: string;
}
export type SourceFile = (facts: SourceFacts) => string;

/** The catalog file of each kind of source. */
const FILES: Readonly<Record<SqlSource["kind"], SourceFile>> = {
  postgresql: jdbc("postgresql"),
  mariadb: jdbc("mariadb"),
  opensearch: search("opensearch"),
  elasticsearch: search("elasticsearch"),
  druid: jdbc("druid"),
  clickhouse,
};

/** Names of the environment variables for one source: `TRINO_POSTGRES_USER`. */
function variables({ name }: Pick<SqlSource, "name">): { readonly user: string; readonly password: string } {
  const word = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return { user: `TRINO_${word}_USER`, password: `TRINO_${word}_PASSWORD` };
}

export function sourceCatalog(source: Pick<SqlSource, "name" | "kind">, jdbcUrl: string): string {
  const { user, password } = variables(source);
  return FILES[source.kind]({ jdbcUrl, user: `\${ENV:${user}}`, password: `\${ENV:${password}}` });
}

export function sourceEnv(source: Pick<SqlSource, "name">, access: SecretKeys) {
  const { user, password } = variables(source);
  return credentialsEnv(access, user, password);
}
