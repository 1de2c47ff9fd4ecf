import assert from "node:assert/strict";

import fc from "fast-check";

import { formatBytes, formatCores, GiB, MiB, parseBytes, parseCores } from "../../../components/core/quantity";

describe("quantities", () => {
  it("reads binary units and nothing else", () => {
    assert.equal(parseBytes("24Gi"), 24 * GiB);
    assert.equal(parseBytes("1.5Gi"), 1536 * MiB);
    for (const text of ["24", "24G", "24GB", "-24Gi", "Gi", "24 Gi", ""])
      assert.equal(parseBytes(text), undefined, text);
  });

  it("reads cores and thousandths", () => {
    assert.equal(parseCores("2"), 2);
    assert.equal(parseCores("500m"), 0.5);
    for (const text of ["", "2c", "-1", "m"]) assert.equal(parseCores(text), undefined, text);
  });

  it("writes the largest unit that divides", () => {
    assert.equal(formatBytes(24 * GiB), "24Gi");
    assert.equal(formatBytes(1536 * MiB), "1536Mi");
    assert.equal(formatBytes(1000), "1000");
    assert.equal(formatCores(2), "2");
    assert.equal(formatCores(0.75), "750m");
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (kibibytes) => {
        assert.equal(parseBytes(formatBytes(kibibytes * 1024)), kibibytes * 1024);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (milli) => {
        assert.equal(parseCores(formatCores(milli / 1000)), milli / 1000);
      }),
    );
  });
});
