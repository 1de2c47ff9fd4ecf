import assert from "node:assert/strict";

import { toYaml } from "../../../cli/manifests";

describe("a rendered manifest", () => {
  it("quotes strings that Kubernetes' tools would read as something else", () => {
    assert.equal(
      toYaml({ switch: "off", answer: "yes", text: "plain" }),
      'switch: "off"\nanswer: "yes"\ntext: plain\n',
    );
  });
});
