import assert from "node:assert/strict";

import { imageParts, withTag } from "../../../components/core/image";
import { mirrored, pullSecrets } from "../../../components/core/site";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("an image whose registry has a mirror", () => {
  const mirrors = { "docker.io": "registry.corp:5000/dockerhub", "quay.io": "quay.corp" };
  const cases: readonly (readonly [image: string, from: string])[] = [
    ["docker.io/trinodb/trino:484", "registry.corp:5000/dockerhub/trinodb/trino:484"],
    [`docker.io/trinodb/trino:484@${DIGEST}`, `registry.corp:5000/dockerhub/trinodb/trino:484@${DIGEST}`],
    ["quay.io/strimzi/kafka:1", "quay.corp/strimzi/kafka:1"],
    ["team/job:1", "registry.corp:5000/dockerhub/team/job:1"],
    ["busybox:1", "registry.corp:5000/dockerhub/library/busybox:1"],
    ["ghcr.io/cloudnative-pg/postgresql:18", "ghcr.io/cloudnative-pg/postgresql:18"],
    ["registry.corp:5000/team/job:1", "registry.corp:5000/team/job:1"],
    ["localhost/job:1", "localhost/job:1"],
  ];
  for (const [image, from] of cases)
    it(`${image} is ${image === from ? "left" : `pulled from ${from}`}`, () => {
      assert.equal(mirrored(image, mirrors), from);
    });

  it("has its registry's name in a single mirror's path, and is not changed twice", () => {
    const all = { "*": "registry.corp/all", "quay.io": "quay.corp" };
    assert.equal(mirrored("ghcr.io/a/b:1", all), "registry.corp/all/ghcr.io/a/b:1");
    assert.equal(mirrored("busybox:1", all), "registry.corp/all/docker.io/library/busybox:1");
    assert.equal(mirrored("quay.io/a/b:1", all), "quay.corp/a/b:1");
    assert.equal(mirrored("registry.corp/team/job:1", all), "registry.corp/team/job:1");
    assert.equal(mirrored("quay.corp/a/b:1", all), "quay.corp/a/b:1");
  });

  it("can come from another folder of its own registry, and is not changed twice", () => {
    const folder = { "docker.io": "docker.io/corp" };
    assert.equal(mirrored("docker.io/a/b:1", folder), "docker.io/corp/a/b:1");
    assert.equal(mirrored("docker.io/corp/a/b:1", folder), "docker.io/corp/a/b:1");
  });

  it("is unchanged without mirrors", () => {
    assert.equal(mirrored("busybox:1"), "busybox:1");
    assert.deepEqual(pullSecrets({}), {});
  });
});

describe("an image in parts", () => {
  it("keeps its registry's port, and has its digest in the tag for charts without a digest", () => {
    const parts = imageParts(`registry.corp:5000/hub/a/b:1.2@${DIGEST}`);
    assert.deepEqual(parts, { registry: "registry.corp:5000", repository: "hub/a/b", tag: "1.2", digest: DIGEST });
    assert.equal(withTag(parts), `1.2@${DIGEST}`);
    assert.equal(withTag(imageParts("docker.io/a:1")), "1");
  });

  it("is refused without a tag", () => {
    assert.throws(() => imageParts("docker.io/a"), /docker\.io\/a is not <registry>\/<repository>:<tag>/);
  });
});
