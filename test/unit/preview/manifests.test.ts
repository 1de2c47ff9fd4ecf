import assert from "node:assert/strict";

import { toYaml } from "../../../preview/manifests";

describe("a rendered manifest", () => {
  it("quotes strings that YAML parsers of Kubernetes' tools would read as other types", () => {
    assert.equal(
      toYaml({ switch: "off", answer: "yes", text: "plain" }),
      'switch: "off"\nanswer: "yes"\ntext: plain\n',
    );
  });
});
