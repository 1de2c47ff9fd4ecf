import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { fingerprint } from "../../../components/core/trust";
import { certificates, javaTrustStore, pemOf } from "../../../components/core/truststore";
import { ONE, TWO } from "../../support/ca";

describe("a bundle of certificates", () => {
  const commented = `# the root\r\n${ONE.replaceAll("\n", "\r\n")}\n\nthe other\n${TWO}end`;

  it("is what stands between its lines, whatever is around them", () => {
    assert.equal(pemOf(certificates(commented)), ONE + TWO);
    assert.deepEqual(
      certificates(commented).map(({ subject }) => subject),
      ["CN=CA one of nobody", "CN=CA two of nobody"],
    );
    assert.equal(fingerprint(commented), fingerprint(ONE + TWO));
    assert.notEqual(fingerprint(ONE), fingerprint(ONE + TWO));
  });

  it("with a block that is no certificate is refused", () => {
    assert.throws(() => certificates(ONE.replace("MII", "MIX")));
  });

  it("is a keystore of Java with each certificate as it is, under a name of its own, and a seal", () => {
    const all = certificates(ONE + TWO);
    const store = javaTrustStore(all);
    let at = 0;
    const int = () => store.readUInt32BE((at += 4) - 4);
    const text = () => {
      const length = store.readUInt16BE((at += 2) - 2);
      return store.toString("latin1", at, (at += length));
    };
    assert.deepEqual([int(), int(), int()], [0xfeedfeed, 2, 2]);
    for (const [index, one] of all.entries()) {
      assert.deepEqual([int(), text()], [2, `ca-${String(index + 1)}`]);
      at += 8;
      assert.equal(text(), "X.509");
      const length = int();
      assert.deepEqual(store.subarray(at, (at += length)), one.raw);
    }
    assert.equal(store.length, at + 20);
    const seal = createHash("sha1").update("\0c\0h\0a\0n\0g\0e\0i\0tMighty Aphrodite").update(store.subarray(0, at));
    assert.deepEqual(store.subarray(at), seal.digest());
    assert.deepEqual(javaTrustStore(certificates(ONE + TWO)), store);
  });
});
