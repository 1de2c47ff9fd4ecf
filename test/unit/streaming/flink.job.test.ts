import assert from "node:assert/strict";

import { ICEBERG_TABLE_DEFAULTS } from "../../../components/catalog/iceberg";
import {
  fillIn,
  jobSql,
  jobTemplate,
  kafkaOptions,
  ORDERS,
  type SqlFacts,
} from "../../../components/streaming/flink.job";
import { ACCESS } from "./flink.fixtures";

const sql = (over: Partial<SqlFacts> = {}) =>
  jobSql(jobTemplate(ORDERS.file), {
    restUrl: "http://catalog.x.svc:9001/iceberg",
    s3: {
      url: "http://s3.x.svc:9000",
      region: "eu-test-1",
      properties: { "client.legacy-md5-plugin-enabled": "true" },
    },
    buckets: { silver: "x-silver", gold: "x-gold" },
    topic: "orders",
    kafka: kafkaOptions(ACCESS, ORDERS.group),
    tableDefaults: ICEBERG_TABLE_DEFAULTS,
    latenessSeconds: 30,
    ...over,
  });

describe("the SQL of the orders job", () => {
  it("has a value wherever it asks for one", () => {
    assert.doesNotMatch(sql(), /\{\{|\}\}/);
    assert.match(sql(), /'uri' = 'http:\/\/catalog\.x\.svc:9001\/iceberg'/);
    assert.match(sql(), /'s3\.endpoint' = 'http:\/\/s3\.x\.svc:9000'/);
    assert.match(sql(), /event_at - INTERVAL '30' SECOND/);
  });

  it("writes each table where the job has a right to write, and nowhere else", () => {
    const places = [...sql().matchAll(/'location' = 's3:\/\/([^']+)'\s*,/g)].map(([, place]) => place);
    assert.deepEqual(places, ["x-silver/orders", "x-silver/orders_rejected", "x-gold/orders_per_minute"]);
    assert.deepEqual(
      ORDERS.writes.map(({ bucket, prefix, level }) => `${level} x-${bucket}/${String(prefix)}`),
      places.map((place) => `write ${place}/`),
    );
  });

  it("creates each table with the platform's properties, but spreads a day's rows over all writers", () => {
    for (const table of ["orders", "orders_rejected", "orders_per_minute"]) {
      const options = new RegExp(`'s3://[^']+/${table}', ([^)]*)\\)`).exec(sql())?.[1] ?? "";
      assert.match(options, /'format-version' = '2'/);
      assert.match(options, /'write.parquet.compression-codec' = 'zstd'/);
      assert.match(options, /'write.distribution-mode' = 'none'/);
    }
  });

  it("loses no record: what is not written as an order is written as rejected", () => {
    const statements = sql();
    assert.match(statements, /INTO lakehouse\.silver\.orders\nSELECT[^;]*WHERE reason IS NULL;/);
    assert.match(statements, /INTO lakehouse\.silver\.orders_rejected\nSELECT[^;]*WHERE reason IS NOT NULL;/);
    assert.match(statements, /'format' = 'raw'/);
    assert.doesNotMatch(statements, /ignore-parse-errors/);
  });

  it("is one job: everything that it inserts is in one set of statements", () => {
    const [before, set] = sql().split("EXECUTE STATEMENT SET BEGIN");
    assert.doesNotMatch(before ?? "", /INSERT INTO/);
    assert.equal((set ?? "").match(/INSERT INTO/g)?.length, 3);
  });

  it("keeps quotes of values inside of its own", () => {
    assert.match(sql({ restUrl: "http://it's" }), /'uri' = 'http:\/\/it''s'/);
  });
});

describe("Kafka's options in SQL", () => {
  it("are these, with user and password left to the pods", () => {
    const client = "org.apache.flink.kafka.shaded.org.apache.kafka.common";
    assert.deepEqual(kafkaOptions(ACCESS, "flink-orders"), {
      "properties.bootstrap.servers": "kafka-bootstrap.lakehouse-streaming.svc:9093",
      "properties.group.id": "flink-orders",
      "properties.isolation.level": "read_committed",
      "properties.security.protocol": "SASL_SSL",
      "properties.sasl.mechanism": "SCRAM-SHA-512",
      "properties.config.providers": "env",
      "properties.config.providers.env.class": `${client}.config.provider.EnvVarConfigProvider`,
      "properties.sasl.jaas.config": `${client}.security.scram.ScramLoginModule required username="\${env:KAFKA_USERNAME}" password="\${env:KAFKA_PASSWORD}";`,
      "properties.ssl.truststore.type": "PEM",
      "properties.ssl.truststore.location": "/opt/lakehouse/kafka-ca/ca.crt",
    });
  });

  it("name no certificate where records are not encrypted", () => {
    const { ca: _, ...plain } = ACCESS;
    const options = kafkaOptions({ ...plain, securityProtocol: "SASL_PLAINTEXT" }, "g");
    assert.equal(options["properties.security.protocol"], "SASL_PLAINTEXT");
    assert.deepEqual(
      Object.keys(options).filter((key) => key.includes("ssl.")),
      [],
    );
  });

  it("belong to a group that the service's name begins", () => {
    assert.match(ORDERS.group, /^flink/);
    assert.match(ORDERS.name, /^[a-z][-a-z0-9]{0,39}$/);
  });
});

describe("filling in", () => {
  it("puts values where they are asked for", () => {
    assert.equal(fillIn("a {{x}} b {{y}} {{x}}", { x: "1", y: "$&" }), "a 1 b $& 1");
  });

  it("says which value is missing, and which is not asked for", () => {
    assert.throws(() => fillIn("{{x}} {{y}}", { x: "1" }), /asks for \{\{y\}\}, which has no value/);
    assert.throws(() => fillIn("{{x}}", { x: "1", z: "2", w: "3" }), /does not ask for z, w/);
  });
});
