import assert from "node:assert/strict";

import { composed, text } from "./made";

describe("systems of operators for compose", () => {
  it("have their configuration, sizes, users and rights", async () => {
    const { file, objects: all, ...operated } = await composed(["kafka", "mariadb"]);
    interface Operated {
      readonly kafka: { readonly config: object };
      readonly jvmOptions: Readonly<Record<string, string>>;
      readonly myCnf: string;
      readonly image: string;
    }
    const specOf = (kind: string) => all.find((each) => each.kind === kind)?.spec as Operated;
    const { kafka } = specOf("Kafka");
    const properties = text(operated, "configs/kafka/opt/lakehouse/kafka/server.properties");
    for (const [key, value] of Object.entries(kafka.config))
      assert.ok(properties.includes(`\n${key}=${String(value)}\n`), `${key} is missing in\n${properties}`);
    // Who does not sign in is the administrator, so that such listeners are open within the container alone.
    const [, open = ""] = /^listeners=(.*)$/m.exec(properties) ?? [];
    const [, protocols = ""] = /^listener\.security\.protocol\.map=(.*)$/m.exec(properties) ?? [];
    const plain = protocols.split(",").flatMap((each) => /^(.+):PLAINTEXT$/.exec(each)?.[1] ?? []);
    assert.equal(plain.length, 2);
    for (const each of open.split(","))
      assert.equal(
        each.includes("://127.0.0.1:"),
        plain.some((id) => each.startsWith(`${id}://`)),
        each,
      );
    const pool = specOf("KafkaNodePool");
    const heap = Object.entries(pool.jvmOptions).map(([option, value]) => option + value);
    assert.equal(file.services.kafka?.environment?.KAFKA_HEAP_OPTS, heap.join(" "));
    const rights = text(operated, "configs/kafka-setup/opt/lakehouse/setup/setup.sh");
    assert.match(rights, /--create --if-not-exists --topic uploads --partitions 3 /);
    assert.match(
      rights,
      /--allow-principal User:minio --operation Describe --operation DescribeConfigs --operation Write --topic uploads /,
    );
    assert.ok(rights.includes('--entity-name minio --add-config "SCRAM-SHA-512=[password=$PASSWORD_MINIO]"'), rights);

    const mariadb = specOf("MariaDB");
    assert.equal(text(operated, "configs/mariadb/etc/mysql/conf.d/lakehouse.cnf"), mariadb.myCnf);
    assert.equal(file.services.mariadb?.image, mariadb.image);
    const sql = text(operated, "configs/mariadb-setup/opt/lakehouse/setup/setup.sh");
    assert.ok(sql.includes("create user if not exists 'exporter'@'%' identified by '${PASSWORD_EXPORTER}'"), sql);
    for (const system of ["kafka", "mariadb"])
      assert.deepEqual(file.services[`${system}-setup`]?.depends_on, { [system]: { condition: "service_healthy" } });
  });
});
