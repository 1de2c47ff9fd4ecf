import assert from "node:assert/strict";

import type { SearchStore } from "../../../../components/core/capabilities";
import { resolveNeeds } from "../../../../components/core/given";
import { one } from "../../../../components/core/system";
import { describeStack } from "../../../../components/stack";
import { Storage } from "../../../../components/storage";
import { record } from "../../../support/record";
import { settings } from "./fixtures";

describe("two search stores at once", () => {
  /** Name of the store that services get. */
  const used = async (search?: string, opensearch = true): Promise<string> => {
    const more = {
      cluster: { storageClass: "fast", certManager: true },
      storage: { opensearch: { enabled: opensearch }, ...(search === undefined ? {} : { search }) },
    };
    const { result } = await record(() => {
      const stack = describeStack(settings({}, more));
      const { gives } = new Storage("storage", { stack });
      const needed = resolveNeeds("test", { search: one("search") }, gives, stack.preferred);
      stack.completeGrants([]);
      return (needed.search as SearchStore).endpoint.name;
    });
    return result;
  };

  it("give services the one that the settings choose, the open one where they say nothing", async () => {
    assert.equal(await used(), "opensearch");
    assert.equal(await used("elasticsearch"), "elasticsearch");
  });

  it("are no question where only one is on", async () => {
    assert.equal(await used("opensearch", false), "elasticsearch");
  });
});
