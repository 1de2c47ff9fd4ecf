import assert from "node:assert/strict";

import { kibanaSpec } from "../../../../components/storage/elasticsearch/kibana.config";
import { objectFiles, savedObjects } from "../../../../components/storage/elasticsearch/kibana.setup";
import { kibanaPods } from "../../../../components/storage/elasticsearch/pods";
import { at, own, search } from "./fixtures";

describe("Kibana", () => {
  it("signs in with a user of the stack, whose name and password are variables", () => {
    const [group] = kibanaPods(at(), own());
    const made = kibanaSpec(group ?? assert.fail(), "http://es:9200", search) as {
      config: Record<string, unknown>;
      elasticsearchRef?: object;
    };
    assert.equal(made.elasticsearchRef, undefined);
    assert.deepEqual(
      [made.config["elasticsearch.username"], made.config["elasticsearch.password"]],
      ["${ELASTICSEARCH_USER}", "${ELASTICSEARCH_PASSWORD}"],
    );
  });

  it("has in each space objects that refer to each other, by names that stay the same", () => {
    const files = objectFiles(own({ kibana: { spaces: ["ops", "web"] } }));
    assert.deepEqual(Object.keys(files), ["spaces", "logs.ndjson"]);
    assert.equal(files.spaces, "ops\nweb\n");
    const objects = (files["logs.ndjson"] ?? "")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; type: string; references: { id: string; type: string }[] });
    assert.deepEqual(
      objects.map(({ type }) => type),
      ["index-pattern", "search", "visualization", "dashboard"],
    );
    const known = new Set(objects.map(({ id, type }) => `${type} ${id}`));
    assert.equal(known.size, 4);
    for (const { references } of objects)
      for (const { id, type } of references) assert.ok(known.has(`${type} ${id}`), `${type} ${id}`);
    const [index] = own().indices;
    assert.deepEqual(savedObjects(index ?? assert.fail()), objects);
    for (const { id } of objects) assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
