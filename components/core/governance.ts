import type { ContainerArgs } from "./pod";
import type { Endpoint } from "./endpoint";
import { url } from "./endpoint";
import { fromSecret } from "./env";
import type { Service } from "./service";

/** What data there are, what they mean, and what they are made of. */

/** Path of every receiver of OpenLineage's events. */
export const LINEAGE_PATH = "/api/v1/lineage";
/** Namespace of the jobs in events; tables have the address of their store for one. */
export const JOB_NAMESPACE = "lakehouse";

/** The way of one client to the receiver of events. */
export interface LineageAccess {
  readonly endpoint: Endpoint;
  /** Secret in the client's namespace. */
  readonly secret: string;
  readonly tokenKey: string;
}

/** A catalogue of data, which takes the lineage that engines tell. */
export interface Governance {
  /** Its web page and its interface for programs. */
  readonly catalog: Endpoint;
  /** Takes events by OpenLineage, and nothing else. */
  readonly lineage: Endpoint;
  /** Lets a client tell of its jobs; it reads nothing. The client makes the Link by `use()`. */
  lineageOf(client: Service): LineageAccess;
}

/**
 * Variables by which OpenLineage's libraries for Java and Python send events, whatever the engine. Nothing of it stands in an
 * engine's own configuration, so that the token is in no file.
 */
export const lineageEnv = ({ endpoint, secret, tokenKey }: LineageAccess): NonNullable<ContainerArgs["env"]> => ({
  OPENLINEAGE__TRANSPORT__TYPE: "http",
  OPENLINEAGE__TRANSPORT__URL: url(endpoint),
  OPENLINEAGE__TRANSPORT__ENDPOINT: LINEAGE_PATH,
  OPENLINEAGE__TRANSPORT__AUTH__TYPE: "api_key",
  OPENLINEAGE__TRANSPORT__AUTH__API_KEY: fromSecret(secret, tokenKey),
});
