import assert from "node:assert/strict";

import { PATIENCE, until } from "../../../sandbox/core/until";
import { EtcdMembers } from "../../../sandbox/engines/etcd/members";
import { obtain } from "../../../sandbox/engines/obtain";
import { rendering } from "./vectors.stack";

const NUMBERS = [0, 1, 2] as const;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("Milvus' etcd", function () {
  this.timeout(PATIENCE);
  let members: EtcdMembers;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    members = new EtcdMembers(
      await obtain(() => undefined, ["milvusEtcd"]),
      NUMBERS,
      await rendering({ milvus: true }),
    );
  });
  after(async () => {
    await (members as EtcdMembers | undefined)?.end();
  });

  const put = (number: number, key: string, value: string) =>
    members.call(number, "kv/put", { key: base64(key), value: base64(value) });
  /** A new leader may have to be elected first. */
  const taken = (number: number, key: string, value: string) =>
    until(
      `member ${String(number)} takes a write`,
      async () => (await put(number, key, value).catch(() => undefined)) !== undefined,
    );
  const get = async (number: number, key: string) => {
    const { kvs } = (await members.call(number, "kv/range", { key: base64(key) })) as {
      readonly kvs?: readonly { readonly value: string }[];
    };
    return kvs?.[0] === undefined ? undefined : Buffer.from(kvs[0].value, "base64").toString();
  };

  it("etcd forms one cluster, and each member is ready with its metrics", async () => {
    await members.start(...NUMBERS);
    const { members: known } = (await members.call(0, "cluster/member/list", {})) as {
      readonly members: readonly { readonly name: string; readonly clientURLs: readonly string[] }[];
    };
    assert.deepEqual(
      known.map(({ name, clientURLs }) => [name, clientURLs[0]]).toSorted(),
      NUMBERS.map((number) => {
        const name = `milvus-etcd-member-${String(number)}`;
        return [name, `http://${name}.milvus-etcd.lakehouse-query.svc:2379`];
      }),
    );
    for (const number of NUMBERS) {
      const text = await members.metrics(number);
      for (const series of [
        "etcd_server_has_leader 1",
        `etcd_server_quota_backend_bytes ${(4 * 2 ** 30).toExponential().replace("e+9", "e+09")}`,
        "etcd_mvcc_db_total_size_in_bytes ",
        "etcd_disk_wal_fsync_duration_seconds_bucket{",
        "etcd_server_leader_changes_seen_total ",
      ])
        assert.ok(text.includes(`\n${series}`), `${series} of member ${String(number)}`);
    }
  });

  it("etcd takes writes while a member is away, which catches up, and none without a majority", async () => {
    await members.kill(2);
    await taken(0, "a", "1");
    await members.start(2);
    await until("the member has caught up", async () => (await get(2, "a")) === "1");
    await members.kill(1, 2);
    await until("the last member is not ready", async () => !(await members.probe(0, "readinessProbe")));
    await assert.rejects(put(0, "b", "2"));
    assert.ok(await members.probe(0, "livenessProbe"), "a restart would not help it");
    await members.start(1, 2);
    await taken(0, "c", "3");
  });

  it("etcd starts again with its data after all members were killed", async () => {
    await members.kill(...NUMBERS);
    await members.start(...NUMBERS);
    assert.deepEqual([await get(0, "a"), await get(1, "c")], ["1", "3"]);
  });

  it("etcd refuses an empty member in the place of one that the others know", async () => {
    await members.kill(2);
    members.loseData(2);
    members.begin(2);
    await until("it ends", () => Promise.resolve(typeof members.exitCode(2) === "number"));
    assert.match(members.log(2), /has already been bootstrapped/);
    await until("the others answer", async () => (await get(0, "a").catch(() => undefined)) === "1");
  });
});
