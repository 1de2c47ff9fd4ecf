import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { bundleId } from "../../../components/core/trust";
import { certificates, javaTrustStore, pemOf } from "../../../components/core/truststore";
import { ONE, TWO } from "../../support/ca";

describe("a bundle of certificates", () => {
  const commented = `# the root\r\n${ONE.replaceAll("\n", "\r\n")}\n\nthe other\n${TWO}end`;

  it("is read from its PEM blocks, with any text around them", () => {
    assert.equal(pemOf(certificates(commented)), ONE + TWO);
    assert.deepEqual(
      certificates(commented).map(({ subject }) => subject),
      ["CN=CA one of nobody", "CN=CA two of nobody"],
    );
    assert.equal(bundleId(commented), bundleId(ONE + TWO));
    assert.notEqual(bundleId(ONE), bundleId(ONE + TWO));
  });

  it("is refused with a block that is not a certificate", () => {
    assert.throws(() => certificates(ONE.replace("MII", "MIX")));
  });

  it("gives a Java keystore with each certificate under an alias of its own, and its digest", () => {
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
