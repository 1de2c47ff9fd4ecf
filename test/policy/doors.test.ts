import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { stackSettings } from "../../preview/plan";
import { platform } from "../../components/cluster";
import { stackDoors } from "../../components/facts";
import { Stack } from "../../policies/core/stack";
import { services, targetPorts } from "../../policies/network/services";
import { shippedConfig, STACKS } from "../support/stacks";
import { judged } from "./harness";

describe("doors, which people and clients from outside reach,", () => {
  for (const stack of STACKS) {
    it(`lead in ${stack} to existing Services, of the stack or an operator, with pods behind them`, async () => {
      const { resources, plan } = await judged(stack);
      const seen = resources.map(
        ({ urn, type, name, inputs }) => ({ urn, type, name, props: inputs, opts: {} }) as unknown as PolicyResource,
      );
      const there = services(new Stack(seen));
      const settings = stackSettings(shippedConfig(stack));
      const doors = stackDoors(platform(settings), settings);
      assert.ok(doors.length > 3, String(doors.length));
      for (const { name, namespace, service, port } of doors) {
        const found = there.get(`${namespace}/${service}`);
        assert.ok(found !== undefined, `${name}: no Service ${namespace}/${service}`);
        assert.ok(
          found.ports.some((one) => one.port === port) ||
            (found.ports.length === 0 && targetPorts(found, port).length > 0),
          `${name}: ${service} has no port ${String(port)}`,
        );
        assert.ok(found.pods.length > 0, `${name}: no pods behind ${service}`);
      }
      assert.deepEqual(
        plan.doors?.map(({ name }) => name),
        doors.map(({ name }) => name),
      );
      assert.deepEqual(
        (plan.outputs.doors as { name: string }[]).map(({ name }) => name).toSorted(),
        doors.map(({ name }) => name).toSorted(),
      );
    });
  }
});
