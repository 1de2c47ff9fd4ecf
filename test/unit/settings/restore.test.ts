import assert from "node:assert/strict";

import { restores } from "../../../components/settings/restore.rules";

type Settings = Parameters<typeof restores>[0];

function mistakes(backup: object, restore?: object): string[] {
  const postgres = { backup: { plugin: "deployed", serverName: "postgres", ...backup }, restore };
  return [...restores({ storage: { postgres } } as unknown as Settings)].map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

describe("a server that is restored from an archive, in the settings", () => {
  it("archives elsewhere: an archive that is not empty is refused", () => {
    assert.deepEqual(mistakes({ serverName: "postgres-2" }, { serverName: "postgres" }), []);
    assert.deepEqual(mistakes({}, { serverName: "postgres" }), [
      'lakehouse:storage.postgres.backup.serverName: given "postgres", which restore.serverName names too, and an archive is written by one server only; allowed: another name, such as postgres-2',
    ]);
    assert.deepEqual(mistakes({}), []);
  });

  it("needs the plugin that reads archives", () => {
    assert.deepEqual(mistakes({ plugin: "off", serverName: "b" }, { serverName: "a" }), [
      "lakehouse:storage.postgres.restore: given, but backup.plugin is off, which is what reads archives; allowed: with existing or deployed",
    ]);
  });
});
