import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import type { Recorded } from "../../preview/recorder";
import { ONE, TWO } from "../support/ca";
import { customResourceValidators } from "../support/upstream";
import { having, judged, STACKS } from "./harness";
import { everything } from "./matrix/everything";
import { Judge } from "./matrix/judge";

/** Time limit against a hanging test. */
const PATIENCE_MS = 20 * 60_000;

const DIRECTORY = "/mnt/lakehouse-ca";
const VARIABLES = {
  AWS_CA_BUNDLE: `${DIRECTORY}/ca.pem`,
  CURL_CA_BUNDLE: `${DIRECTORY}/ca.pem`,
  JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${DIRECTORY}/ca.jks -Djavax.net.ssl.trustStoreType=jks`,
  REQUESTS_CA_BUNDLE: `${DIRECTORY}/ca.pem`,
  SSL_CERT_FILE: `${DIRECTORY}/ca.pem`,
};

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}
interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

/** Specifications of all pods of the stack: every value with containers, and Strimzi's specification of Connect's workers. */
function* pods(value: unknown): Generator<Pod> {
  if (typeof value !== "object" || value === null) return;
  const { containers, connectContainer, pod } = value as Record<string, unknown>;
  if (Array.isArray(containers)) yield value as Pod;
  if (connectContainer !== undefined) yield { ...(pod as object), containers: [connectContainer as Container] };
  for (const inner of Object.values(value)) yield* pods(inner);
}

/** Deviations from the expected CA settings, with the container's resource. */
function lacking(resources: readonly Recorded[]): string[] {
  const described = resources.flatMap(({ name, inputs }) => [...pods(inputs)].map((pod) => ({ name, inputs, pod })));
  assert.ok(described.length > 4, String(described.length));
  const maps = new Set(
    resources
      .filter(({ type }) => type.endsWith(":ConfigMap"))
      .map(({ inputs }) => inputs.metadata as { name: string; namespace: string })
      .filter(({ name }) => name === "lakehouse-ca")
      .map(({ namespace }) => namespace),
  );
  return described.flatMap(({ name, inputs, pod }) => {
    const { namespace } = inputs.metadata as { namespace: string };
    const all = [...pod.containers, ...(pod.initContainers ?? [])];
    const right = (one: Container) =>
      Object.entries(VARIABLES).every(([key, value]) =>
        one.env?.some((variable) => variable.name === key && variable.value === value),
      ) && one.volumeMounts?.some((mount) => mount.name === "lakehouse-ca" && mount.mountPath === DIRECTORY);
    return [
      ...(all.every(right) ? [] : [`${name}: a container does not trust the bundle`]),
      ...(pod.volumes?.some((volume) => volume.configMap?.name === "lakehouse-ca") ? [] : [`${name}: no volume`]),
      ...(maps.has(namespace) ? [] : [`${name}: ${namespace} has no bundle`]),
    ];
  });
}

const ca = (resources: readonly Recorded[]) => {
  const store = resources.find(({ type }) => type.endsWith(":ObjectStore"));
  return (store?.inputs.spec as { configuration: { endpointCA?: object } } | undefined)?.configuration.endpointCA;
};
const secret = (resources: readonly Recorded[]) =>
  resources.find(({ name, type }) => name === "postgres-ca" && type.endsWith(":Secret"))?.inputs.metadata as
    { namespace: string } | undefined;

const cluster = { caBundle: ONE + TWO };

describe("the owner's CA bundle", function () {
  this.timeout(PATIENCE_MS);

  for (const stack of STACKS) {
    it(`is trusted by every container of ${stack}, and is at the path of the backups' plugin`, async () => {
      const { resources, plan } = await judged(stack, having(stack, "cluster", cluster));
      assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
      assert.deepEqual(lacking(resources), []);
      const backups = resources.some(({ type }) => type.endsWith(":ObjectStore"));
      assert.deepEqual(ca(resources), backups ? { name: "postgres-ca", key: "ca.pem" } : undefined);
      assert.equal(secret(resources)?.namespace, backups ? "lakehouse-storage" : undefined);
    });
  }

  it("reaches all systems, in fields that the operators accept", async () => {
    const pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    try {
      const judge = new Judge(pack);
      const validators = customResourceValidators();
      for (const choice of everything()) {
        const { resources, problems } = await judge.judge(choice, { cluster });
        assert.deepEqual(problems, []);
        assert.deepEqual(lacking(resources), []);
        for (const kind of ["KafkaConnect", "FlinkDeployment", "SparkApplication", "ObjectStore"]) {
          const [one] = resources.filter(({ type }) => type.endsWith(`:${kind}`));
          assert.ok(one !== undefined, kind);
          const validate = validators?.(String(one.inputs.apiVersion), kind);
          assert.ok(validate?.(one.inputs) !== false, JSON.stringify(validate?.errors));
        }
      }
    } finally {
      pack.stop();
    }
  });

  it("rolls pods only when it changes", async () => {
    const annotations = async (caBundle: string) => {
      const { resources } = await judged("homelab", having("homelab", "cluster", { caBundle }));
      const worker = resources.find(({ name, type }) => name === "trino-worker" && type.endsWith(":Deployment"));
      return (worker?.inputs as { spec: { template: { metadata: { annotations: Record<string, string> } } } }).spec
        .template.metadata.annotations["lakehouse.dev/ca"];
    };
    const first = await annotations(ONE);
    assert.match(first ?? "", /^[0-9a-f]{16}$/);
    assert.equal(await annotations(`# renewed by hand\n${ONE}`), first);
    assert.notEqual(await annotations(ONE + TWO), first);
  });

  it("leaves no trace in a stack without one", async () => {
    const { resources } = await judged("homelab");
    const text = JSON.stringify(resources.map(({ inputs }) => inputs));
    assert.deepEqual(/"lakehouse-ca"|\/mnt\/lakehouse-ca\b[^"]*/.exec(text), null);
  });
});
