import assert from "node:assert/strict";

import { stackSettings } from "../../preview/plan";
import { imageParts } from "../../components/core/image";
import { allPins } from "../../components/pins";
import { uses } from "../../components/settings/licences";
import { planned, STACKS } from "./harness";
import { shippedConfig } from "../support/stacks";

describe("the list of used products, on which licences are judged,", () => {
  for (const stack of STACKS)
    it(`equals the images and charts in the manifests of ${stack}`, async () => {
      const { files } = await planned(stack);
      const text = [...files.values()].join("\n");
      const named = allPins.flatMap(({ name, image, chart, jar }) => [
        ...(image !== undefined && images(image).some((one) => text.includes(one)) ? [`image ${name}`] : []),
        ...(chart !== undefined && new RegExp(`chart: (\\S*/)?${chart.chart}(-[\\d.]+tgz)?\n`).test(text)
          ? [`chart ${name}`]
          : []),
        ...(jar !== undefined && text.includes(jar.sha256) ? [`library ${name}`] : []),
      ]);
      const listed = uses(stackSettings(shippedConfig(stack))).map(({ kind, pin }) => `${kind} ${pin.name}`);
      assert.deepEqual([...new Set(listed)].sort(), named.sort());
    });
});

/** Forms of an image in manifests: charts have it in parts, with and without the registry. */
function images(image: string): string[] {
  const { registry, repository } = imageParts(image);
  return [image, `repository: ${repository}\n`, `repository: ${registry}/${repository}\n`];
}
