import { gibNumber, money, plural } from "../../report/format";
import type { CostReport, LinkReport } from "../../plan";
import type { Harm, ImageChange, NodeChange, PlanChanges } from "../model";

/** Changes in one line each, as a name and its parts; lines without parts are left out. */
export function changeFacts(
  { images, nodes, volumes, cost, links }: PlanChanges,
  { currency }: Pick<CostReport, "currency">,
): { readonly name: string; readonly parts: readonly string[] }[] {
  const link = ({ from, to, port, protocol }: LinkReport) => `${from} → ${to} ${protocol} ${String(port)}`;
  return [
    { name: "Images", parts: images.map(imageText) },
    { name: "Nodes", parts: nodeTexts(nodes) },
    {
      name: "Volumes",
      parts: volumes.map(({ name, before, after }) => `${name} ${gibNumber(before)} → ${gibNumber(after)} GiB`),
    },
    {
      name: "Cost",
      parts: cost.map(({ name, before, after }) => `${name} ${money(before, currency)} → ${money(after, currency)}`),
    },
    {
      name: "Links",
      parts: [...links.opened.map((of) => `+ ${link(of)}`), ...links.closed.map((of) => `− ${link(of)}`)],
    },
  ].filter(({ parts }) => parts.length > 0);
}

/** `trino 476 → 484 in 3 objects` */
function imageText({ image, before, after, objects }: ImageChange): string {
  const name = image.split("/").at(-1) ?? image;
  return `${name} ${before.join(", ")} → ${after.join(", ")}${objects > 1 ? ` in ${plural(objects, "object")}` : ""}`;
}

/** `k8s-2 46.6 → 42.6 GiB`; nodes with the same change once, `query-1 … query-10 (10 nodes) 82 → 98 GiB`. */
function nodeTexts(nodes: readonly NodeChange[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { node, before, after } of nodes) {
    const text = nodeText(before, after);
    groups.set(text, [...(groups.get(text) ?? []), node]);
  }
  return [...groups].map(([text, names]) =>
    names.length === 1
      ? `${names[0]!} ${text}`
      : `${names[0]!} … ${names.at(-1)!} (${String(names.length)} nodes) ${text}`,
  );
}

function nodeText(before: NodeChange["before"], after: NodeChange["after"]): string {
  if (before === undefined) return `new, ${gibNumber(after?.memory ?? 0)} GiB`;
  if (after === undefined) return `gone, had ${gibNumber(before.memory)} GiB`;
  const memory = `${gibNumber(before.memory)} → ${gibNumber(after.memory)} GiB`;
  const cores = (of: number) => String(Math.round(of * 100) / 100);
  const cpu = `${cores(before.cpu)} → ${cores(after.cpu)} cores`;
  if (before.cpu === after.cpu) return memory;
  return before.memory === after.memory ? cpu : `${memory}, ${cpu}`;
}

/** Harms of the same kind, with their objects. */
export function alike(harms: readonly Harm[]): (Pick<Harm, "severity" | "text"> & { readonly resources: string[] })[] {
  const groups = new Map<string, { severity: Harm["severity"]; text: string; resources: string[] }>();
  for (const { severity, text, resource } of harms) {
    const key = JSON.stringify([severity, text]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { severity, text, resources: [resource] });
    else group.resources.push(resource);
  }
  return [...groups.values()];
}
