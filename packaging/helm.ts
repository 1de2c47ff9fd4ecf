import { Document, isMap, isScalar } from "yaml";

import { toYaml } from "../preview/manifests";
import { camel, hasValues, template, type Values } from "./helm-template";
import { chartFolder, helmfile, valuesFile } from "./helmfile";
import { fileName } from "./paths";
import type { Contents, Files, RenderedObject, Unit } from "./unit";

/** Version of the charts that are made of a stack: helmfile needs one, and nobody resolves it. */
const CHART_VERSION = "0.1.0";

/** A chart for each unit, and a helmfile that installs them and the operators' charts in the order of their needs. */
export function helm({ units, nodes, externalSecrets }: Contents): Files {
  const apart = (folder: string, path: string) => `k8s-manifests/${folder}/${path}`;
  return new Map([
    ["helmfile.yaml", helmfile(units)],
    ...units.flatMap(chart),
    ...units.flatMap(({ charts }) => charts).map((each) => [valuesFile(each), toYaml(each.values)] as const),
    ...nodes.map(({ path, content }) => [apart("nodes", fileName(path)), toYaml(content)] as const),
    ...[...externalSecrets].map(([path, text]) => [apart("external-secrets", path), text] as const),
  ]);
}

function chart(unit: Unit): (readonly [path: string, text: string])[] {
  if (unit.objects.length === 0) return [];
  const folder = chartFolder(unit);
  const keys = keysOf(unit);
  const templates = unit.objects.map((each) => {
    const key = keys(each);
    return { ...each, key, ...template(each.content, key) };
  });
  const { name, summary } = unit;
  return [
    [
      `${folder}/Chart.yaml`,
      toYaml({ apiVersion: "v2", name, description: summary, type: "application", version: CHART_VERSION }),
    ],
    [`${folder}/values.yaml`, valuesText(templates)],
    ...templates.map(({ path, text }) => [`${folder}/templates/${path}`, text] as const),
  ];
}

/** Keys of a unit's objects in its values: `worker` of `trino-worker`; with the kind or the namespace where two would be one. */
function keysOf({ name: unit, objects }: Unit): (of: RenderedObject) => string {
  // Objects without values have no key.
  const valued = objects.filter(({ content }) => hasValues(content));
  const candidates = ({ content: { kind, metadata } }: RenderedObject) => {
    const { name, namespace = "" } = metadata;
    const short = name.startsWith(`${unit}-`) ? name.slice(unit.length + 1) : name;
    return [short, `${short}-${kind}`, `${namespace}-${short}`, `${namespace}-${short}-${kind}`].map(camel);
  };
  const isOnly = (key: string, at: number) => valued.filter((other) => candidates(other)[at] === key).length === 1;
  const found = new Map(valued.map((each) => [each, candidates(each).find(isOnly)]));
  if (found.size !== new Set(found.values()).size)
    throw new Error(`values of two objects of ${unit} have the same name`);
  return (of) => found.get(of) ?? "";
}

interface Valued extends RenderedObject {
  readonly key: string;
  readonly values: Values | undefined;
}

const HONEST = [
  " What may be changed here: how many pods, which image, which sizes. With these values the chart is what `lakehouse render` writes.",
  " Rendered from the stack's settings, and not changed by a value: memory of engines (heaps, query limits), configuration, quotas of the",
  " chart `cluster`. For a lasting change, change the setting and render again. Replicas of StatefulSets are settings only, as their",
  " configuration names each member.",
].join("\n");

function valuesText(all: readonly Valued[]): string {
  const found = all.filter((each) => each.values !== undefined);
  const document = new Document(Object.fromEntries(found.map(({ key, values }) => [key, values])), {
    aliasDuplicateObjects: false,
    compat: "yaml-1.1",
  });
  const keys = isMap(document.contents) ? document.contents.items.map((item) => item.key) : [];
  for (const [index, { content }] of found.entries()) {
    const key = keys[index];
    if (!isScalar(key)) continue;
    key.commentBefore = ` ${content.kind} ${content.metadata.namespace ?? ""}/${content.metadata.name}`;
    key.spaceBefore = index > 0;
  }
  document.commentBefore = found.length === 0 ? " Nothing of this chart is a matter of size." : HONEST;
  return document.toString({ lineWidth: 0 });
}
