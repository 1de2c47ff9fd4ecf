import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { temporary } from "../../support/temporary";
import { lakehouse } from "./command";

describe("lakehouse compose", () => {
  it("writes a folder whose passwords nobody else reads, and keeps them; others' files are never removed", async () => {
    const folder = join(temporary("compose"), "mine");
    const compose = () => lakehouse(["compose", "-s", "dev", "--with", "valkey", "-o", folder]).ended;
    const first = await compose();
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /valkey, 256 MiB|valkey, 0\.25 GiB/);
    assert.match(first.stdout, /redis:\/\/127\.0\.0\.1:6379\n/);
    const env = readFileSync(join(folder, ".env"), "utf8");
    const [, password = ""] = /^VALKEY_SERVER_PASSWORD=(\w{40})$/m.exec(env) ?? [];
    assert.notEqual(password, "");
    assert.ok(!`${first.stdout}${first.stderr}`.includes(password));
    const mode = (path: string) => statSync(join(folder, path)).mode & 0o777;
    const users = "secrets/valkey-server/opt/lakehouse/users/users.acl";
    assert.deepEqual([mode(".env"), mode("secrets"), mode(users), mode("start.sh")], [0o600, 0o700, 0o644, 0o755]);

    writeFileSync(join(folder, ".env"), `${env}VALKEY_PORT=16379\n`);
    const second = await compose();
    assert.equal(second.status, 0, second.stderr);
    assert.equal(readFileSync(join(folder, ".env"), "utf8"), `${env}VALKEY_PORT=16379\n`);
    assert.equal(mode(".env"), 0o600);

    writeFileSync(join(folder, "notes.txt"), "mine");
    const third = await compose();
    assert.equal(third.status, 2);
    assert.match(
      third.stderr,
      /notes\.txt in it is not from lakehouse and would be removed; move it to another folder/,
    );
    assert.equal(readFileSync(join(folder, "notes.txt"), "utf8"), "mine");
  });

  it("says in one line why a system cannot run so, and writes nothing", async () => {
    const folder = join(temporary("compose"), "none");
    const { status, stdout, stderr } = await lakehouse(["compose", "-s", "dev", "--with", "spark", "-o", folder]).ended;
    assert.deepEqual([status, stdout, stderr.trimEnd().split("\n").length], [2, "", 1]);
    assert.match(
      stderr,
      /^lakehouse: --with: given spark, but each of its jobs is pods|^--with: given spark, but each of its jobs is pods/,
    );
    assert.ok(!existsSync(folder));
  });
});
