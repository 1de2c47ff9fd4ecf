import { join } from "node:path";

import { hadoopXml } from "../formats";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { JVM_OPTIONS } from "../jvm";

/**
 * Starts the stand-in for the metastore's Iceberg REST port: Iceberg's own server with the path, warehouse, database and
 * credentials that the rendered files give the metastore.
 */
export async function startRestCatalog(ground: Ground): Promise<Engine> {
  const { rendered, tools } = ground;
  const conf = rendered.configMap("hive-metastore-server-conf");
  const site = (key: string) => hadoopXml.get(conf["metastore-site.xml"] ?? "", key) ?? "";
  const core = (key: string) => hadoopXml.get(conf["core-site.xml"] ?? "", key) ?? "";
  const env = rendered.env(rendered.container("Deployment", "hive-metastore-server", "hive-metastore"));
  const tls = site("metastore.use.SSL") === "true";
  const path = `/${site("metastore.iceberg.catalog.servlet.path")}`;
  const classes = [tools.icebergRest, tools.icebergAws, tools.postgresJdbc].join(":");
  const launcher = join(__dirname, "RestCatalog.java");
  return Engine.start(ground.run, {
    name: "rest-catalog",
    command: [`${javaHome(17, 18)}/bin/java`, "-Xmx384m", "-cp", classes, launcher, String(ground.ports.rest), path],
    env: {
      CATALOG_URI: ground.local(site("javax.jdo.option.ConnectionURL")),
      CATALOG_JDBC_USER: env.HMS_DB_USER ?? "",
      CATALOG_JDBC_PASSWORD: env.HMS_DB_PASSWORD ?? "",
      CATALOG_JDBC_SCHEMA__VERSION: "V1",
      CATALOG_WAREHOUSE: site("metastore.warehouse.external.dir"),
      CATALOG_IO__IMPL: "org.apache.iceberg.aws.s3.S3FileIO",
      CATALOG_S3_ENDPOINT: ground.local(core("fs.s3a.endpoint")),
      CATALOG_S3_PATH__STYLE__ACCESS: core("fs.s3a.path.style.access"),
      CATALOG_CLIENT_REGION: env.AWS_REGION ?? "",
      AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID ?? "",
      AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY ?? "",
      ...(tls
        ? {
            [JVM_OPTIONS]: env[JVM_OPTIONS] ?? "",
            REST_KEYSTORE: site("metastore.keystore.path"),
            REST_KEYSTORE_PASSWORD: env.HMS_KEYSTORE_PASSWORD ?? "",
          }
        : {}),
    },
    ready: () => answers(`${tls ? "https" : "http"}://${ground.at("rest")}${path}/v1/config`),
  });
}
