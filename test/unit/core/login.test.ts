import assert from "node:assert/strict";

import { type ClientName, CLIENTS, type Credentials, credentialsOf, logins } from "../../../components/core/login";

const all = Object.fromEntries(
  CLIENTS.map((name, index): [ClientName, Credentials] => [name, { generation: index + 1, keepPrevious: false }]),
) as Record<ClientName, Credentials>;

describe("credentials of a service", () => {
  it("are those of the settings", () => {
    for (const [index, name] of CLIENTS.entries()) assert.equal(credentialsOf(all, name).generation, index + 1);
  });

  it("are refused to a service that no setting could rotate", () => {
    for (const name of ["druid", "toString", ""])
      assert.throws(() => credentialsOf(all, name), /add it to CLIENTS in core\/login\.ts/);
  });
});

describe("users of a service", () => {
  it("are the generation, and the one before where it lives on", () => {
    const users = (credentials: Credentials) => logins("spark", credentials).map(({ user, suffix }) => [user, suffix]);
    assert.deepEqual(users({ generation: 1, keepPrevious: false }), [["spark", ""]]);
    assert.deepEqual(users({ generation: 2, keepPrevious: true }), [
      ["spark-2", "-2"],
      ["spark", ""],
    ]);
  });
});
