import assert from "node:assert/strict";

import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";

import type { PackProcess } from "../../../preview/pack-process";
import { PolicyPack } from "../../../preview/policy-pack";
import { record, type Recorded } from "../../../preview/recorder";

const CONFIG = { values: {}, secretKeys: [] };

class Part extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions = {}) {
    super("test:index:Part", name, inputs, options);
  }
}

function program(): void {
  const group = new pulumi.ComponentResource("test:index:Group", "group", {});
  const one = new Part("one", { text: "ü", list: [1, { deep: null }], empty: {} }, { parent: group, protect: true });
  new Part("two", { from: one.urn }, { dependsOn: [one], ignoreChanges: ["from"] });
}

/** What a pack receives, by a server of its protocol. */
async function received(resources: readonly Recorded[]) {
  const single: proto.AnalyzeRequest[] = [];
  const whole: proto.AnalyzeStackRequest[] = [];
  const server = new grpc.Server();
  const take =
    <T>(all: T[]) =>
    ({ request }: { request: T }, done: grpc.sendUnaryData<proto.AnalyzeResponse>) => {
      all.push(request);
      done(null, new proto.AnalyzeResponse());
    };
  const { analyze, analyzeStack } = AnalyzerService;
  server.addService(
    { analyze, analyzeStack },
    {
      analyze: take<proto.AnalyzeRequest>(single) as grpc.UntypedHandleCall,
      analyzeStack: take<proto.AnalyzeStackRequest>(whole) as grpc.UntypedHandleCall,
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const pack = new PolicyPack({ port: Promise.resolve(port), stop: () => undefined } as unknown as PackProcess);
  await pack.judge(resources);
  pack.stop();
  server.forceShutdown();
  return { single, whole };
}

describe("what is sent to the policy pack", () => {
  it("says of each resource in the stack what Pulumi's engine says, field by field", async () => {
    const { recorded } = await record(program, CONFIG, { project: "test", stack: "one" });
    const { single, whole } = await received(recorded);

    const resources = whole.flatMap((request) => request.getResourcesList());
    assert.deepEqual(
      resources.map((each) => [each.getUrn(), each.getParent(), each.getDependenciesList()]),
      recorded.map(({ urn, parent, request }) => [urn, parent, request.getDependenciesList()]),
    );
    for (const [index, { request, type, name }] of recorded.entries()) {
      const sent = resources[index]!;
      assert.deepEqual([sent.getType(), sent.getName()], [type, name]);
      assert.deepEqual(sent.getProperties()?.toJavaScript(), request.getObject()?.toJavaScript() ?? {});
      assert.equal(sent.getOptions()?.getProtect(), request.getProtect() ?? false);
      assert.deepEqual(sent.getOptions()?.getIgnorechangesList(), request.getIgnorechangesList());
    }
    const alone = single.map((each) => [each.getUrn(), each.getProperties()?.toJavaScript()]);
    const expected = resources.filter((each) => single.some((other) => other.getUrn() === each.getUrn()));
    assert.deepEqual(
      alone,
      expected.map((each) => [each.getUrn(), each.getProperties()?.toJavaScript()]),
    );
    assert.equal(alone.length, 2);
    assert.ok(resources.some((each) => each.getDependenciesList().length > 0));
    assert.ok(resources.some((each) => each.getOptions()?.getProtect() === true));
  });
});
