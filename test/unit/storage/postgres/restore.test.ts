import assert from "node:assert/strict";

import { restores } from "../../../../components/storage/postgres/check";

type Settings = Parameters<typeof restores>[0];

function mistakes(backup: object, restore?: object): string[] {
  const postgres = { backup: { plugin: "deployed", serverName: "postgres", ...backup }, restore };
  return [...restores(postgres as unknown as Settings)].map(({ path, message }) => `${path}: ${message}`);
}

describe("settings of a server that is restored from an archive", () => {
  it("need another archive to write to, because a non-empty archive is refused", () => {
    assert.deepEqual(mistakes({ serverName: "postgres-2" }, { serverName: "postgres" }), []);
    assert.deepEqual(mistakes({}, { serverName: "postgres" }), [
      'lakehouse:storage.postgres.backup.serverName: given "postgres", which is restore.serverName too, while only one server may write an archive; allowed: another name, such as postgres-2',
    ]);
    assert.deepEqual(mistakes({}), []);
  });

  it("need the plugin that reads archives", () => {
    assert.deepEqual(mistakes({ plugin: "off", serverName: "b" }, { serverName: "a" }), [
      "lakehouse:storage.postgres.restore: given while backup.plugin is off, which reads archives; allowed: with existing or deployed",
    ]);
  });
});
