import assert from "node:assert/strict";

import * as grpc from "@grpc/grpc-js";
import { type ResourceValidationPolicy, unknownCheckingProxy } from "@pulumi/policy";
import * as deserialize from "@pulumi/policy/deserialize";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { PackProcess } from "../../../preview/pack-process";
import { PACK_FOLDER } from "../../../inputs/project";
import {
  podRemediateLabels,
  podRemediateSeccomp,
  podRemediateToken,
  remediations,
} from "../../../policies/pods/remediate";
import { policies } from "../../../policies/policies";
import { restricted } from "../../../policies/pods";
import { run, UNKNOWN } from "./runner";

type Json = Record<string, unknown>;

/** A secret as the engine sends it. */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2" };
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Internal functions of the SDK, which have no types. */
const { deserializeProperties, serializeProperties } = deserialize as unknown as {
  deserializeProperties: (props: Struct, proxySecrets: boolean) => Json;
  serializeProperties: (props: Json) => Promise<unknown>;
};

const struct = (props: Json) => Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]);

/** Remediates one resource like the SDK's server: returns the policy's result; undefined means no change. */
async function remediate(policy: ResourceValidationPolicy, type: string, props: Json, config: object = {}) {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call -- the SDK ships no types for it
  const guarded: Json = unknownCheckingProxy(deserializeProperties(struct(props), true));
  const result = await policy.remediateResource?.({
    type,
    name: "web",
    urn: "web",
    props: guarded,
    getConfig: () => config,
  } as unknown as Parameters<NonNullable<ResourceValidationPolicy["remediateResource"]>>[0]);
  return result === undefined ? undefined : serializeProperties(result as Json);
}

function deployment(metadata: Json, spec: Json, own: Json = {}): Json {
  return { metadata: { name: "web", ...own }, spec: { replicas: 1, template: { metadata, spec } } };
}

const LABELS = {
  "app.kubernetes.io/name": "web",
  "app.kubernetes.io/instance": "web",
  "app.kubernetes.io/managed-by": "pulumi",
};
const containers = [
  {
    name: "web",
    env: [
      { name: "PASSWORD", value: SECRET },
      { name: "HOST", value: UNKNOWN },
    ],
  },
];

describe("pod-remediate-labels", () => {
  it("adds missing labels, and changes nothing else", async () => {
    assert.deepEqual(
      await remediate(
        podRemediateLabels,
        DEPLOYMENT,
        deployment({ labels: { "app": "x", "app.kubernetes.io/instance": "blue" } }, { containers }),
      ),
      deployment({ labels: { ...LABELS, "app": "x", "app.kubernetes.io/instance": "blue" } }, { containers }),
    );
  });
  it("labels a bare Pod without labels", async () => {
    assert.deepEqual(
      await remediate(podRemediateLabels, "kubernetes:core/v1:Pod", { metadata: { name: "web" }, spec: {} }),
      { metadata: { name: "web", labels: LABELS }, spec: {} },
    );
  });
  const untouched: [string, Json][] = [
    ["have all", deployment({ labels: LABELS }, {})],
    ["have labels that are not known yet", deployment({ labels: UNKNOWN }, {})],
    ["have no name of their own", { metadata: {}, spec: { template: { spec: {} } } }],
    ["have a name that is not known yet", deployment({}, {}, { name: UNKNOWN })],
    ["have a name that is too long for a label", deployment({}, {}, { name: "x".repeat(64) })],
  ];
  for (const [which, props] of untouched) {
    it(`does not change pods that ${which}`, async () => {
      assert.equal(await remediate(podRemediateLabels, DEPLOYMENT, props), undefined);
    });
  }
});

describe("pod-remediate-seccomp", () => {
  it("adds the profile to the existing context", async () => {
    assert.deepEqual(
      await remediate(podRemediateSeccomp, DEPLOYMENT, deployment({}, { containers, securityContext: { fsGroup: 1 } })),
      deployment({}, { containers, securityContext: { fsGroup: 1, seccompProfile: { type: "RuntimeDefault" } } }),
    );
  });
  it("adds it to the pods of a CronJob", async () => {
    const job = (spec: Json) => ({ metadata: { name: "x" }, spec: { jobTemplate: { spec: { template: { spec } } } } });
    assert.deepEqual(
      await remediate(podRemediateSeccomp, "kubernetes:batch/v1:CronJob", job({ containers })),
      job({ containers, securityContext: { seccompProfile: { type: "RuntimeDefault" } } }),
    );
  });
  const untouched: [string, Json][] = [
    ["chose one", { securityContext: { seccompProfile: { type: "Unconfined" } } }],
    ["have a context that is not known yet", { securityContext: UNKNOWN }],
    ["run on Windows", { os: { name: "windows" } }],
  ];
  for (const [which, spec] of untouched) {
    it(`does not change pods that ${which}`, async () => {
      assert.equal(await remediate(podRemediateSeccomp, DEPLOYMENT, deployment({}, spec)), undefined);
    });
  }
});

describe("pod-remediate-token", () => {
  it("turns an unset field off", async () => {
    assert.deepEqual(
      await remediate(podRemediateToken, DEPLOYMENT, deployment({}, { containers })),
      deployment({}, { containers, automountServiceAccountToken: false }),
    );
  });
  it("changes a specification that is secret as a whole, and keeps it secret", async () => {
    const secret = (value: Json) => ({ metadata: { name: "web" }, spec: { template: { ...SECRET, value } } });
    assert.deepEqual(
      await remediate(podRemediateToken, DEPLOYMENT, secret({ spec: { priority: 1 } })),
      secret({ spec: { priority: 1, automountServiceAccountToken: false } }),
    );
  });
  for (const value of [true, UNKNOWN]) {
    it(`does not change ${String(value)}`, async () => {
      const props = deployment({}, { automountServiceAccountToken: value });
      assert.equal(await remediate(podRemediateToken, DEPLOYMENT, props), undefined);
    });
  }
  it("does not change exempt pods", async () => {
    const annotations = { "lakehouse.dev/allow-pod-remediate-token": "asks the API for leases; until 2999-12-31" };
    assert.equal(await remediate(podRemediateToken, DEPLOYMENT, deployment({}, {}, { annotations })), undefined);
    const config = { allow: { web: { reason: "asks the API for leases", until: "2999-12-31" } } };
    assert.equal(await remediate(podRemediateToken, DEPLOYMENT, deployment({}, {}), config), undefined);
  });
  it("does not change custom resources", async () => {
    assert.equal(await remediate(podRemediateToken, "kubernetes:core/v1:Service", deployment({}, {})), undefined);
  });
});

describe("remediation by the pack as a process", () => {
  let pack: PackProcess;
  let client: AnalyzerClient;

  before(async () => {
    pack = new PackProcess(PACK_FOLDER);
    client = new AnalyzerClient(`127.0.0.1:${String(await pack.port)}`, grpc.credentials.createInsecure());
  });
  after(() => {
    client.close();
    pack.stop();
  });

  async function configure(levels: Readonly<Record<string, proto.EnforcementLevel>>): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [name, level] of Object.entries(levels)) {
      const settings = new proto.PolicyConfig().setEnforcementlevel(level).setProperties(struct({}));
      request.getPolicyconfigMap().set(name, settings);
    }
    await new Promise<void>((resolve, reject) => {
      client.configure(request, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  async function answer(props: Json): Promise<[string, unknown][]> {
    const request = new proto.AnalyzeRequest().setType(DEPLOYMENT).setName("web").setUrn("web");
    request.setProperties(struct(props)).setOptions(new proto.AnalyzerResourceOptions());
    return new Promise((resolve, reject) => {
      client.remediate(request, (error, response) => {
        if (error !== null) reject(error);
        else {
          const list = response.getRemediationsList();
          resolve(list.map((one) => [one.getPolicyname(), one.getProperties()?.toJavaScript()]));
        }
      });
    });
  }

  it("is off by default", async () => {
    assert.deepEqual(await answer(deployment({}, { containers })), []);
    assert.deepEqual(
      policies
        .filter((policy) => "remediateResource" in policy)
        .map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      remediations.map(({ name }) => [name, "disabled"]),
    );
  });

  it("applies one remediation after the other if turned on, and keeps secrets secret", async () => {
    await configure(Object.fromEntries(remediations.map(({ name }) => [name, proto.EnforcementLevel.REMEDIATE])));
    const corrected = await answer(deployment({}, { containers }));
    const securityContext = { seccompProfile: { type: "RuntimeDefault" } };
    assert.deepEqual(corrected, [
      ["pod-remediate-labels", deployment({ labels: LABELS }, { containers })],
      ["pod-remediate-seccomp", deployment({ labels: LABELS }, { containers, securityContext })],
      [
        "pod-remediate-token",
        deployment({ labels: LABELS }, { containers, securityContext, automountServiceAccountToken: false }),
      ],
    ]);
    assert.deepEqual(await answer(corrected.at(-1)?.[1] as Json), []);
  });

  it("satisfies the policy that judges the same field", async () => {
    const seccomp = restricted.find(({ name }) => name === "container-require-seccomp");
    assert.ok(seccomp !== undefined);
    const before = deployment({}, { containers: [{ name: "web" }] });
    const judge = async (props: Json) => run(seccomp, [{ type: DEPLOYMENT, name: "web", props }]);
    assert.equal(((await judge(before)) as string[]).length, 1);
    assert.deepEqual(await judge((await answer(before)).at(-1)?.[1] as Json), []);
  });

  it("stays off for the others if only one is turned on", async () => {
    await configure({ "pod-remediate-token": proto.EnforcementLevel.REMEDIATE });
    assert.deepEqual(
      (await answer(deployment({}, { containers }))).map(([name]) => name),
      ["pod-remediate-token"],
    );
  });
});
