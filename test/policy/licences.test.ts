import assert from "node:assert/strict";

import { stackSettings } from "../../cli/plan";
import { imageParts } from "../../components/core/image";
import { charts, images, jars } from "../../components/core/versions";
import { uses } from "../../components/settings/licences";
import { planned, STACKS } from "./harness";
import { shippedConfig } from "../support/stacks";

describe("what a stack is said to use, where licences are judged", () => {
  for (const stack of STACKS)
    it(`is what the manifests of ${stack} name`, async () => {
      const { files } = await planned(stack);
      const text = [...files.values()].join("\n");
      const named = [
        // Charts take images in parts.
        ...Object.entries(images).filter(
          ([, image]) => text.includes(image) || text.includes(`repository: ${imageParts(image).repository}\n`),
        ),
        ...Object.entries(charts).filter(([, { chart }]) =>
          new RegExp(`chart: (\\S*/)?${chart}(-[\\d.]+tgz)?\n`).test(text),
        ),
        ...Object.entries(jars).filter(([, { sha256 }]) => text.includes(sha256)),
      ].map(([name]) => name);
      const said = [...uses(stackSettings(shippedConfig(stack)))].map(({ pin }) => pin);
      assert.deepEqual([...new Set(said)].sort(), [...new Set(named)].sort());
    });
});
