import type { Endpoint } from "./endpoint";
import type { Service } from "./service";

/**
 * A second catalog of Iceberg tables, whose clients hold no keys to the object store: with each table they get keys of an hour for that
 * table alone, to read it or to write it.
 */

/** Engines that can be its clients: names in the settings. Other names there are programs of people. */
export const VENDING_ENGINES = ["trino", "spark"] as const;

/** The name under which engines have it. */
export const VENDED_CATALOG = "vended";

/** One service as its client. */
export interface VendedAccess {
  /** For the Link; the same for all clients. */
  readonly endpoint: Endpoint;
  /** Secret in the client's namespace, and the key of its token in it: for `fromSecret()`. */
  readonly secret: string;
  readonly tokenKey: string;
}

export interface VendingCatalog {
  readonly endpoint: Endpoint;
  /** `http://host:8181/iceberg` */
  readonly url: string;
  /**
   * Makes a service a client, with the rights on namespaces that the settings give it.
   * @returns undefined where they give it none: the service has no such catalog
   */
  client(service: Service): VendedAccess | undefined;
}

/** The variable with the token of Spark's drivers, which jobs hand to the catalog's configuration. */
export const SPARK_TOKEN = "LAKEHOUSE_VENDED_TOKEN";
