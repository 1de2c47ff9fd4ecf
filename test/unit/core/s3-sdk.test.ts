import assert from "node:assert/strict";

import { s3Sdk } from "../../../components/core/s3-sdk";

const sdk = (endpoint: string, legacyMd5 = false) => s3Sdk({ endpoint, legacyMd5 });
const NONE_UNASKED = {
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
};

describe("SDK settings for an object store", () => {
  it("turn off optional checksums, unless the store is AWS", () => {
    for (const endpoint of [
      "http://minio.lakehouse-storage.svc:9000",
      "https://s3.example.org",
      "https://amazonaws.com.example.org",
      "http://192.168.1.10:8333",
    ])
      assert.deepEqual(sdk(endpoint).env, NONE_UNASKED, endpoint);
    for (const endpoint of [
      "https://s3.eu-central-1.amazonaws.com",
      "https://s3.amazonaws.com",
      "https://s3.cn-north-1.amazonaws.com.cn",
    ])
      assert.deepEqual(sdk(endpoint).env, {}, endpoint);
  });

  it("include Content-MD5 if the settings say so", () => {
    assert.deepEqual(sdk("https://s3.example.org").iceberg, {});
    assert.deepEqual(sdk("https://s3.example.org", true).iceberg, { "client.legacy-md5-plugin-enabled": "true" });
  });
});
