import assert from "node:assert/strict";

import { parseBytes, parseCores } from "../../../components/core/quantity";
import { readEnv } from "../../../compose/dotenv";
import type { Container, PodSpec } from "../../../compose/kubernetes";
import { manifests } from "../../../preview/manifests";
import { record, revealed } from "../../../preview/recorder";
import { type composed, generated, text } from "./made";

/** What a stack's objects give to containers, held against what compose's file gives them. */

type Made = Awaited<ReturnType<typeof composed>>;

export interface Objects {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

/** The objects that a cluster would get of the same settings. */
export async function rendered({ selection }: Made): Promise<Objects[]> {
  const { recorded } = await record(require("../../../index") as () => unknown, selection.config, {
    project: "lakehouse",
    stack: "dev",
    generated,
  });
  return manifests(recorded.map(revealed)).map(({ content }) => content as unknown as Objects);
}

/** What compose hands to a container: its own escapes undone, and variables of `.env` in place. */
function given(value: string, env: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\$\$|\$\{([A-Z0-9_]+)\}/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env.get(name) ?? whole),
  );
}

export function objectOf(objects: readonly Objects[], kind: string, name: string): Objects {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  assert.ok(found, `${kind} ${name} is not rendered`);
  return found;
}

export function serviceOf({ file }: Made, name: string) {
  const found = file.services[name];
  assert.ok(found, `service ${name} is missing; there are ${Object.keys(file.services).join(", ")}`);
  return found;
}

/** Every container of a pod that Kubernetes runs, with the name of its service. */
export function pairs(objects: readonly Objects[], kind: string, name: string): [string, Container, PodSpec][] {
  const { spec } = objectOf(objects, kind, name).spec.template;
  const [main, ...others] = spec.containers;
  assert.ok(main);
  assert.ok(others.every((one) => one.name === "exporter"));
  const init = (spec.initContainers ?? []).map((one): [string, Container, PodSpec] => [
    `${name}-${one.name}`,
    one,
    spec,
  ]);
  return [...init, [name, main, spec]];
}

/** @param own services whose command and size a stand-in chooses: all else is compared */
export function holdsWhatKubernetesGives(
  made: Made,
  objects: readonly Objects[],
  kind: string,
  name: string,
  own: readonly string[] = [],
): void {
  const env = readEnv(text(made, ".env"));
  const object = (of: string, named: string) => objectOf(objects, of, named);
  const service = (named: string) => serviceOf(made, named);
  // Those of cert-manager have stand-ins alone.
  const all = [...objects, ...(made.objects as unknown as readonly Objects[])];
  const secretOf = (named: string) => objectOf(all, "Secret", named);
  for (const [each, container, pod] of pairs(objects, kind, name)) {
    const one = service(each);
    const { limits = {} } = container.resources ?? {};
    assert.equal(one.image, container.image);
    if (!own.includes(each)) {
      assert.deepEqual(
        one.entrypoint?.map((word) => given(word, env)),
        container.command,
      );
      assert.equal(parseBytes(`${one.deploy.resources.limits.memory ?? ""}i`), parseBytes(limits.memory ?? ""));
      assert.equal(Number(one.deploy.resources.limits.cpus), parseCores(String(limits.cpu)));
    }
    assert.deepEqual(
      one.command?.map((word) => given(word, env)),
      container.args,
    );
    const values = Object.fromEntries(
      (container.env ?? []).map(({ name: variable, value, valueFrom }) => {
        const ref = valueFrom?.secretKeyRef;
        if (valueFrom?.fieldRef !== undefined) return [variable, name];
        if (ref === undefined) return [variable, value];
        return [variable, secretOf(ref.name).stringData?.[ref.key]];
      }),
    );
    const seen = Object.entries(one.environment ?? {}).map(([variable, value]) => [variable, given(value, env)]);
    assert.deepEqual(Object.fromEntries(seen), values);
    assert.equal(one.read_only, true);
    const { runAsUser, runAsGroup } = pod.securityContext ?? {};
    assert.equal(one.user, `${String(runAsUser)}:${String(runAsGroup)}`);
    for (const { name: volume, mountPath } of container.volumeMounts ?? []) {
      const { configMap, secret } = pod.volumes?.find((of) => of.name === volume) ?? {};
      const data =
        configMap === undefined
          ? secret && secretOf(secret.secretName).stringData
          : object("ConfigMap", configMap.name).data;
      for (const [key, content] of Object.entries(data ?? {})) {
        const bind = (one.volumes ?? []).find((line) => `${mountPath}/`.startsWith(`${line.split(":")[1] ?? ""}/`));
        assert.ok(bind, `${each}: nothing is mounted at ${mountPath}`);
        const [source = "", target = "", mode] = bind.split(":");
        assert.equal(mode, "ro");
        const path = `${source.slice(2)}${mountPath.slice(target.length)}/${key}`;
        assert.equal(text(made, path), content);
      }
    }
  }
}
