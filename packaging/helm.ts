import { Document, isMap, isScalar } from "yaml";

import { toYaml } from "../preview/manifests";
import { camel, template, type Values } from "./helm-template";
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
  const templates = unit.objects.map((each) => ({ ...each, ...template(each.content, keys(each)) }));
  const { name, summary } = unit;
  return [
    [
      `${folder}/Chart.yaml`,
      toYaml({ apiVersion: "v2", name, description: summary, type: "application", version: CHART_VERSION }),
    ],
    [`${folder}/values.yaml`, valuesText(templates.map((each) => ({ key: keys(each), ...each })))],
    ...templates.map(({ path, text }) => [`${folder}/templates/${path}`, text] as const),
  ];
}

/** Keys of the objects of a unit in its values: `worker` of `trino-worker`, with the namespace or the kind where two would be one. */
function keysOf({ name: unit, objects }: Unit): (of: RenderedObject) => string {
  const short = ({ content }: RenderedObject) => {
    const { name } = content.metadata;
    return name.startsWith(`${unit}-`) ? name.slice(unit.length + 1) : name;
  };
  const all = [
    short,
    (each: RenderedObject) => `${each.content.metadata.namespace ?? ""}-${short(each)}`,
    (each: RenderedObject) => `${each.content.metadata.namespace ?? ""}-${short(each)}-${each.content.kind}`,
  ].map((nameOf) => (each: RenderedObject) => camel(nameOf(each)));
  // Objects without values have keys of their own too, which nobody sees.
  const withValues = objects.filter((each) => template(each.content, "any").values !== undefined);
  const unique = all.find((keyOf) => new Set(withValues.map(keyOf)).size === withValues.length);
  if (unique === undefined) throw new Error(`two objects of ${unit} have the same name and kind`);
  return unique;
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
