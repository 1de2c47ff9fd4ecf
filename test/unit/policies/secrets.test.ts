import {
  configMapForbidSecrets,
  containerForbidSecrets,
  customResourceForbidSecrets,
  releaseForbidSecrets,
} from "../../../policies/secrets";
import { container, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const SPARK = "SparkApplication jobs/daily";
const OPERATOR = "Release spark-operator";

suite(configMapForbidSecrets, [
  {
    when: "a password in a properties file",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], "db.user=x\ndb.password=hunter2\n"),
    says: [
      'front/web-config: data["app.properties"]: ConfigMap front/web-config holds a literal under the key db.password. Fix: move the value to a Secret and refer to it.',
    ],
  },
  {
    when: "a password that is filled in later",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], "db.user=x\ndb.password=${ENV:DB_PASSWORD}\n"),
  },
  {
    when: "a commented password",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], "# db.password=hunter2\n"),
  },
  {
    when: "a secret key in Hadoop's XML",
    edit: set(
      "ConfigMap front/web-config",
      ["data", "core-site.xml"],
      "<configuration>\n<property><name>fs.s3a.secret.key</name><value>abc123</value></property>\n</configuration>",
    ),
    says: [
      'front/web-config: data["core-site.xml"]: ConfigMap front/web-config holds a literal under the key fs.s3a.secret.key. Fix: move the value to a Secret and refer to it.',
    ],
  },
  {
    when: "a private key",
    edit: set("ConfigMap front/web-config", ["data", "tls.pem"], "-----BEGIN RSA PRIVATE KEY-----\nMII\n"),
    says: [
      'front/web-config: data["tls.pem"]: ConfigMap front/web-config holds a private key. Fix: move the value to a Secret and refer to it.',
    ],
  },
  {
    when: "a password in a JDBC URL",
    edit: set("ConfigMap front/web-config", "data.url", "jdbc:postgresql://db:5432/shop?user=x&password=hunter2"),
    says: [
      "front/web-config: data.url: ConfigMap front/web-config holds a literal after password=. Fix: move the value to a Secret and refer to it.",
    ],
  },
  {
    when: "a user and password in a URL",
    edit: set("ConfigMap front/web-config", "data.url", "amqp://user:hunter2@queue:5672"),
    says: [
      "front/web-config: data.url: ConfigMap front/web-config holds a URL with a password. Fix: move the value to a Secret and refer to it.",
    ],
  },
  {
    when: "a placeholder in a URL",
    edit: set("ConfigMap front/web-config", "data.url", "amqp://user:${PASSWORD}@queue:5672"),
  },
  {
    when: "a key that the configuration excuses",
    edit: set("ConfigMap front/web-config", "data.password", "hunter2"),
    config: { ignoreKeys: ["password"] },
  },
]);

suite(containerForbidSecrets, [
  {
    when: "a password in the environment",
    edit: set(WEB, container("env"), [{ name: "DB_PASSWORD", value: "hunter2" }]),
    says: [
      "front/web: spec.template.spec.containers[0].env[0].value: Deployment front/web gives container web a literal under the key DB_PASSWORD. Fix: move the value to a Secret and refer to it by secretKeyRef.",
    ],
  },
  {
    when: "a reference to a Secret and a path",
    edit: set(WEB, container("env"), [
      { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
      { name: "DB_PASSWORD_FILE", value: "/run/secrets/db" },
    ]),
  },
  {
    when: "a password among the arguments",
    edit: set(WEB, container("args"), ["--password=hunter2"]),
    says: [
      "front/web: spec.template.spec.containers[0].args[0]: Deployment front/web gives container web a literal under the key --password. Fix: move the value to a Secret and refer to it by secretKeyRef.",
    ],
  },
  {
    when: "an access key under any name",
    edit: set(WEB, container("env"), [{ name: "ID", value: "AKIAIOSFODNN7EXAMPLE" }]),
    says: [
      "front/web: spec.template.spec.containers[0].env[0].value: Deployment front/web gives container web an AWS access key. Fix: move the value to a Secret and refer to it by secretKeyRef.",
    ],
  },
  {
    when: "a password that is not known yet",
    edit: set(WEB, container("env"), [{ name: "DB_PASSWORD", value: UNKNOWN }]),
  },
]);

suite(releaseForbidSecrets, [
  {
    when: "a password in values",
    edit: set(OPERATOR, "values.auth", { rootPassword: "hunter2" }),
    says: [
      "spark-operator: values.auth.rootPassword: Release operators/spark-operator holds a literal under the key rootPassword. Fix: name the Secret that the chart reads instead.",
    ],
  },
  {
    when: "the name of a Secret and of its keys",
    edit: set(OPERATOR, "values.auth", { existingSecret: "root", passwordKey: "password", secretKey: "secret-key" }),
  },
]);

suite(customResourceForbidSecrets, [
  {
    when: "a secret key in Spark's configuration",
    edit: set(SPARK, ["spec", "sparkConf", "spark.hadoop.fs.s3a.secret.key"], "abc123"),
    says: [
      'jobs/daily: spec.sparkConf["spark.hadoop.fs.s3a.secret.key"]: SparkApplication jobs/daily holds a literal under the key spark.hadoop.fs.s3a.secret.key. Fix: move the value to a Secret and refer to it.',
    ],
  },
  {
    when: "a token among environment variables",
    edit: set(SPARK, "spec.driver.env", [{ name: "TOKEN", value: "abc123" }]),
    says: [
      "jobs/daily: spec.driver.env[0].value: SparkApplication jobs/daily holds a literal under the key TOKEN. Fix: move the value to a Secret and refer to it.",
    ],
  },
  {
    when: "a reference to a Secret",
    edit: set(SPARK, "spec.driver.env", [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "a", key: "token" } } }]),
  },
]);
