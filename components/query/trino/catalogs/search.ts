import { properties } from "../../../core/render";
import type { SourceFile } from ".";

/**
 * Indices as tables of one schema; both connectors have the same keys. Nodes are asked by the Service alone: their own addresses
 * change, and no policy opens them.
 */
export const search =
  (connector: "opensearch" | "elasticsearch"): SourceFile =>
  ({ jdbcUrl, user, password }) => {
    const { hostname, port, protocol } = new URL(jdbcUrl);
    return properties({
      "connector.name": connector,
      [`${connector}.host`]: hostname,
      [`${connector}.port`]: port,
      [`${connector}.default-schema-name`]: "default",
      [`${connector}.ignore-publish-address`]: true,
      [`${connector}.tls.enabled`]: protocol === "https:",
      [`${connector}.security`]: "PASSWORD",
      [`${connector}.auth.user`]: user,
      [`${connector}.auth.password`]: password,
    });
  };
