import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { stackSettings } from "../../preview/plan";
import { platform } from "../../components/cluster";
import { stackDoors } from "../../components/facts";
import { Stack } from "../../policies/core/stack";
import { PACK_FOLDER } from "../../inputs/project";
import { services, targetPorts } from "../../policies/network/services";
import { manifests } from "../../preview/manifests";
import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { problems as wrong } from "../support/crd";
import { shippedConfig, STACKS } from "../support/stacks";
import { customResourceValidators } from "../support/upstream";
import { judged } from "./harness";
import { accepted } from "./matrix/choices";
import { everything } from "./matrix/everything";
import { Judge } from "./matrix/judge";

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

/** Objects of the stack with every door open, for each way in. */
describe("doors that are open", function () {
  this.timeout(30 * 60_000);
  const pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  after(() => {
    pack.stop();
  });

  for (const mode of ["existing", "deployed", "ingress"])
    it(`lead to the pods behind their Services (${mode}), by objects as upstream's definitions want them, and no policy objects`, async () => {
      const everywhere = everything()[0] ?? {};
      const choice = accepted({ ...everywhere, "cluster.gateway.mode": mode }, everywhere);
      assert.ok(choice !== undefined, mode);
      const { resources, problems } = await new Judge(pack).judge(choice);
      assert.deepEqual(problems, []);
      const all = manifests(resources).map(({ content }) => content as unknown as Manifest);
      const routes = all.filter(({ kind }) => /^(HTTP|GRPC|TLS)Route$|^Ingress$/.test(kind));
      assert.ok(routes.length > 15, String(routes.length));
      const there = services(
        new Stack(
          resources.map(
            ({ urn, type, name, inputs }) =>
              ({ urn, type, name, props: inputs, opts: {} }) as unknown as PolicyResource,
          ),
        ),
      );
      for (const { metadata } of routes) {
        const door = metadata.name.replace(/^door-/, "");
        const policy = all.find((each) => each.metadata.name === `${door}-door-from-gateway`);
        const selected = Object.entries(policy?.spec.podSelector?.matchLabels ?? {});
        assert.ok(selected.length > 0, door);
        const service = /"service":\{"name":"([^"]+)"|"kind":"Service","name":"([^"]+)"/.exec(
          JSON.stringify(routes.find((each) => each.metadata.name === metadata.name)?.spec),
        );
        const behind = there.get(`${metadata.namespace}/${service?.[1] ?? service?.[2] ?? ""}`)?.pods ?? [];
        assert.ok(behind.length > 0, `${door}: no pods`);
        for (const { labels } of behind)
          for (const [key, value] of selected)
            assert.ok(labels === undefined || labels[key] === value, `${door}: ${key} is ${String(labels?.[key])}`);
      }
      const validators = customResourceValidators();
      if (validators === undefined) return;
      const custom = all.filter(({ apiVersion }) => apiVersion?.startsWith("gateway.networking.k8s.io") === true);
      if (mode !== "ingress") assert.ok(custom.length > 15, String(custom.length));
      for (const each of custom)
        assert.deepEqual(
          wrong(validators(each.apiVersion ?? "", each.kind), each),
          [],
          `${each.kind} ${each.metadata.name}`,
        );
    });
});

interface Manifest {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
}
