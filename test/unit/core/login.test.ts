import assert from "node:assert/strict";

import { type Credentials, credentialsOf, logins } from "../../../components/core/login";

const all: Record<string, Credentials> = {
  spark: { generation: 1, keepPrevious: false },
  trino: { generation: 2, keepPrevious: false },
};

describe("credentials of a service", () => {
  it("have the generation of the settings", () => {
    assert.deepEqual([credentialsOf(all, "spark").generation, credentialsOf(all, "trino").generation], [1, 2]);
  });

  it("have the generation of the client whose part a service is", () => {
    assert.equal(credentialsOf(all, "trino-more"), all.trino);
    assert.throws(() => credentialsOf(all, "druid-trino"), /name it among its system's clients/);
  });

  it("are refused for a service without a setting for rotation", () => {
    for (const name of ["druid", "toString", ""])
      assert.throws(() => credentialsOf(all, name), /name it among its system's clients/);
  });
});

describe("users of a service", () => {
  it("are the current generation, and the previous one if it is kept", () => {
    const users = (credentials: Credentials) => logins("spark", credentials).map(({ user, suffix }) => [user, suffix]);
    assert.deepEqual(users({ generation: 1, keepPrevious: false }), [["spark", ""]]);
    assert.deepEqual(users({ generation: 2, keepPrevious: true }), [
      ["spark-2", "-2"],
      ["spark", ""],
    ]);
  });
});
