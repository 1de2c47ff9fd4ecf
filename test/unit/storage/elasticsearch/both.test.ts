import assert from "node:assert/strict";

import { describeStack } from "../../../../components/stack";
import { settings } from "./fixtures";

describe("two search stores at once", () => {
  const order = (search?: string, opensearch = true) => {
    const more = {
      cluster: { storageClass: "fast", certManager: true },
      storage: { opensearch: { enabled: opensearch }, ...(search === undefined ? {} : { search }) },
    };
    return describeStack(settings({}, more))
      .systems.filter(({ gives }) => gives.includes("search"))
      .map(({ key }) => key);
  };

  it("give services the one that the settings choose, the open one where they say nothing", () => {
    assert.deepEqual(order(), ["opensearch", "elasticsearch"]);
    assert.deepEqual(order("elasticsearch"), ["elasticsearch", "opensearch"]);
  });

  it("are no question where only one is on", () => {
    assert.deepEqual(order("opensearch", false), ["elasticsearch"]);
  });
});
