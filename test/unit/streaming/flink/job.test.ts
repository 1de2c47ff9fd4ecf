import assert from "node:assert/strict";

import { ICEBERG_TABLE_DEFAULTS } from "../../../../components/catalog/iceberg";
import { jobSql, jobTemplate, kafkaOptions, ORDERS, type SqlFacts } from "../../../../components/streaming/flink/job";
import { ACCESS } from "./fixtures";

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
    tableDefaults: () => ICEBERG_TABLE_DEFAULTS,
    latenessSeconds: 30,
    ...over,
  });

describe("the SQL of the orders job", () => {
  it("has a value for each placeholder", () => {
    assert.doesNotMatch(sql(), /\{\{|\}\}/);
    assert.match(sql(), /'uri' = 'http:\/\/catalog\.x\.svc:9001\/iceberg'/);
    assert.match(sql(), /'s3\.endpoint' = 'http:\/\/s3\.x\.svc:9000'/);
    assert.match(sql(), /event_at - INTERVAL '30' SECOND/);
  });

  it("writes tables only below prefixes that the job can write to", () => {
    const places = [...sql().matchAll(/'location' = 's3:\/\/([^']+)'\s*,/g)].map(([, place]) => place);
    assert.deepEqual(places, ["x-silver/orders", "x-silver/orders_rejected", "x-gold/orders_per_minute"]);
    assert.deepEqual(
      ORDERS.writes.map(({ bucket, prefix, level }) => `${level} x-${bucket}/${String(prefix)}`),
      places.map((place) => `write ${place}/`),
    );
  });

  it("creates each table with the platform's properties, except that it distributes a day's rows over all writers", () => {
    for (const table of ["orders", "orders_rejected", "orders_per_minute"]) {
      const options = new RegExp(`'s3://[^']+/${table}', ([^)]*)\\)`).exec(sql())?.[1] ?? "";
      assert.match(options, /'format-version' = '2'/);
      assert.match(options, /'write.parquet.compression-codec' = 'zstd'/);
      assert.match(options, /'write.distribution-mode' = 'none'/);
    }
  });

  it("writes each record either as an order or as rejected", () => {
    const statements = sql();
    assert.match(statements, /INTO lakehouse\.silver\.orders\nSELECT[^;]*WHERE reason IS NULL;/);
    assert.match(statements, /INTO lakehouse\.silver\.orders_rejected\nSELECT[^;]*WHERE reason IS NOT NULL;/);
    assert.match(statements, /'format' = 'raw'/);
    assert.doesNotMatch(statements, /ignore-parse-errors/);
  });

  it("is one job, with all inserts in one statement set", () => {
    const [before, set] = sql().split("EXECUTE STATEMENT SET BEGIN");
    assert.doesNotMatch(before ?? "", /INSERT INTO/);
    assert.equal((set ?? "").match(/INSERT INTO/g)?.length, 3);
  });

  it("escapes quotes in values", () => {
    assert.match(sql({ restUrl: "http://it's" }), /'uri' = 'http:\/\/it''s'/);
  });
});

describe("Kafka's options in SQL", () => {
  it("have user and password from the pods' variables", () => {
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

  it("have no certificate without encryption", () => {
    const { ca: _, ...plain } = ACCESS;
    const options = kafkaOptions({ ...plain, securityProtocol: "SASL_PLAINTEXT" }, "g");
    assert.equal(options["properties.security.protocol"], "SASL_PLAINTEXT");
    assert.deepEqual(
      Object.keys(options).filter((key) => key.includes("ssl.")),
      [],
    );
  });

  it("have a consumer group with the service's name as prefix", () => {
    assert.match(ORDERS.group, /^flink/);
    assert.match(ORDERS.name, /^[a-z][-a-z0-9]{0,39}$/);
  });
});
