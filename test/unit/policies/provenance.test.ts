import assert from "node:assert/strict";

import { forbiddenLicence } from "../../../policies/images/licences";
import { imageRequireAllowedLicence, imageRequireDigest } from "../../../policies/provenance";
import { container, set } from "./edit";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const OPERATOR = "Release spark-operator";
const image = (text: string) => set(WEB, container("image"), text);
const AT = "front/web: spec.template.spec.containers[0].image: Deployment front/web uses";
const DIGEST = `sha256:${"0a".repeat(32)}`;
const OTHER = `sha256:${"1b".repeat(32)}`;

suite(imageRequireAllowedLicence, [
  { when: "any licence where none is forbidden", edit: [], config: { licences: { "ghcr.io/shop/web": "SSPL-1.0" } } },
  {
    when: "a forbidden licence, by the image's repository without its registry",
    edit: image("silo:1"),
    config: { licences: { "docker.io/library/silo": "AGPL-3.0-or-later" }, forbid: ["SSPL-1.0", "AGPL-3.0"] },
    says: [
      `${AT} silo:1, whose licence AGPL-3.0-or-later is forbidden (AGPL-3.0). Fix: use another image, or remove the licence from forbid in the configuration.`,
    ],
  },
  {
    when: "an image that is known not to be open source and that nobody accepted, also from a mirror",
    edit: image("registry.example.com/docker.elastic.co/kibana/kibana:8.19.21"),
    says: [
      `${AT} registry.example.com/docker.elastic.co/kibana/kibana:8.19.21, whose licence Elastic-2.0 is not open source and was not accepted. Fix: use OpenSearch, which is open source, or accept Elastic-2.0 in the stack's settings or in the configuration.`,
    ],
  },
  {
    when: "such an image whose licence was accepted",
    edit: image("docker.elastic.co/kibana/kibana:8.19.21"),
    config: { accept: ["Elastic-2.0"] },
  },
  {
    when: "such an image whose licence was accepted and is forbidden",
    edit: image("docker.elastic.co/kibana/kibana:8.19.21"),
    config: { accept: ["Elastic-2.0"], forbid: ["Elastic-2.0"] },
    says: [
      `${AT} docker.elastic.co/kibana/kibana:8.19.21, whose licence Elastic-2.0 is forbidden (Elastic-2.0). Fix: use another image, or remove the licence from forbid in the configuration.`,
    ],
  },
  {
    when: "an image whose licence nobody stated",
    edit: image("ghcr.io/shop/other:1"),
    config: { forbid: ["AGPL-3.0"] },
  },
  {
    when: "an image whose licence nobody stated where all must be",
    edit: image("ghcr.io/shop/other:1"),
    config: {
      licences: {
        "ghcr.io/shop/spark": "Apache-2.0",
        "ghcr.io/shop/api": "MIT",
        "ghcr.io/cloudnative-pg/postgresql": "PostgreSQL",
      },
      requireKnown: true,
    },
    says: [
      `${AT} ghcr.io/shop/other:1, whose licence is not stated. Fix: add "ghcr.io/shop/other" to licences in the configuration.`,
    ],
  },
]);

suite(imageRequireDigest, [
  {
    when: "the locked digest",
    edit: image(`ghcr.io/shop/web:1@${DIGEST}`),
    config: { digests: { "ghcr.io/shop/web:1": DIGEST } },
  },
  {
    when: "a tag whose digest is locked, without it",
    edit: image("ghcr.io/shop/web:1"),
    config: { digests: { "ghcr.io/shop/web:1": DIGEST } },
    says: [`${AT} ghcr.io/shop/web:1 without its locked digest. Fix: append @${DIGEST}.`],
  },
  {
    when: "another digest than the locked one",
    edit: image(`ghcr.io/shop/web:1@${OTHER}`),
    config: { digests: { "ghcr.io/shop/web:1": DIGEST } },
    says: [
      `${AT} ghcr.io/shop/web:1@${OTHER}, which is not the locked ${DIGEST}. Fix: lock it anew, or use the locked digest.`,
    ],
  },
  {
    when: "another tag than the locked one",
    edit: image("ghcr.io/shop/web:2"),
    config: { digests: { "ghcr.io/shop/web:1": DIGEST } },
  },
  {
    when: "the locked digest in the values of a chart",
    edit: set(OPERATOR, "values.image", { repository: "ghcr.io/kubeflow/controller", tag: "2.5.2", digest: DIGEST }),
    config: { digests: { "ghcr.io/kubeflow/controller:2.5.2": DIGEST } },
  },
  {
    when: "the locked tag without its digest in the values of a chart",
    edit: set(OPERATOR, "values.image", { repository: "ghcr.io/kubeflow/controller", tag: "2.5.2" }),
    config: { digests: { "ghcr.io/kubeflow/controller:2.5.2": DIGEST } },
    says: [
      `spark-operator: values.image.repository: Release operators/spark-operator uses ghcr.io/kubeflow/controller:2.5.2 without its locked digest. Fix: append @${DIGEST}.`,
    ],
  },
]);

describe("an SPDX expression", () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["Apache-2.0", ["AGPL-3.0"], undefined],
    ["AGPL-3.0-only", ["agpl-3.0-or-later"], "agpl-3.0-or-later"],
    ["GPL-2.0+", ["GPL-2.0-only"], "GPL-2.0-only"],
    ["LGPL-3.0-only", ["GPL-3.0"], undefined],
    ["MIT OR AGPL-3.0-only", ["AGPL-3.0"], undefined],
    ["(SSPL-1.0 OR AGPL-3.0-only)", ["AGPL-3.0", "SSPL-1.0"], "SSPL-1.0"],
    ["MIT AND AGPL-3.0-only", ["AGPL-3.0"], "AGPL-3.0"],
    ["GPL-2.0-only WITH Classpath-exception-2.0", ["GPL-2.0-only"], undefined],
  ];
  for (const [expression, forbid, reason] of cases)
    it(`${expression} ${reason === undefined ? "passes" : "fails"} if ${forbid.join(", ")} is forbidden`, () => {
      assert.equal(forbiddenLicence(expression, forbid), reason);
    });
});
