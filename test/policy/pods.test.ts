import assert from "node:assert/strict";

import { podGroups, stackSettings } from "../../preview/plan";
import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile } from "../../inputs/stack-file";
import { platform } from "../../components/cluster";
import { groupName, type PodGroup } from "../../components/core/pod-group";
import { stackPods } from "../../components/facts";
import { judged, type StackName } from "./harness";

const key = (group: PodGroup) => `${group.namespace}/${groupName(group)}`;
const inOrder = (groups: readonly PodGroup[]) => groups.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));

type Values = Readonly<Record<string, string>>;

/** Homelab with systems on by default, off, or existing. */
const VARIANTS: readonly (readonly [string, StackName, Values])[] = [
  ["dev", "dev", {}],
  ["homelab", "homelab", {}],
  ["prod", "prod", {}],
  [
    "homelab without engines",
    "homelab",
    { "lakehouse:query": '{"trino":{"enabled":false}}', "lakehouse:compute": '{"spark":{"enabled":false}}' },
  ],
  [
    "homelab with a plugin beside the operator that is there",
    "homelab",
    {
      "lakehouse:cluster": '{"certManager":true}',
      "lakehouse:storage":
        '{"objects":{"kind":"s3","endpoint":"https://s3.example.org","cidrs":["192.0.2.0/24"]},"postgres":{"operator":"existing","server":{"replicas":1}}}',
    },
  ],
];

describe("the pods of a stack", () => {
  for (const [name, stack, values] of VARIANTS) {
    it(`can be derived from the settings of ${name} before any resource is made`, async () => {
      const config = readStackFile(PROJECT_FOLDER, stack);
      const settings = stackSettings({ ...config, values: { ...config.values, ...values } });
      const { resources } = await judged(stack, values);
      assert.deepEqual(inOrder(stackPods(platform(settings), settings)), inOrder(podGroups(resources)));
    });
  }
});
