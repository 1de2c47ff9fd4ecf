import { Document, isMap, isScalar, type Pair, type Scalar, type YAMLMap } from "yaml";

import type { Model, PlacedService } from "./model";

/** Fields that almost all services share, once at the top. */
const HARDENED = { read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] };
const ANCHOR = "hardened";

/** Order of a service's fields: what it runs, with what, when, where, how it is bound. */
const FIELDS = [
  "image",
  "hostname",
  "user",
  "entrypoint",
  "command",
  "working_dir",
  "environment",
  "volumes",
  "tmpfs",
  "healthcheck",
  "depends_on",
  "networks",
  "network_mode",
  "ports",
  "restart",
  "stop_signal",
  "stop_grace_period",
  "deploy",
] as const;

/**
 * The text of `compose.yaml`.
 * @param head lines of a comment
 * @param titles comments over groups of services, by group
 */
export function composeText(
  name: string,
  model: Model,
  head: readonly string[],
  titles: ReadonlyMap<string, string>,
): string {
  const services = [...model.groups.values()].flatMap((group) => [...group]);
  const content = {
    name,
    "x-hardened": HARDENED,
    "services": Object.fromEntries(services.map(([service, made]) => [service, ordered(made)])),
    "networks": Object.fromEntries([...model.networks].map(([network, options]) => [network, options])),
    ...(model.volumes.length === 0
      ? {}
      : { volumes: Object.fromEntries(model.volumes.map((volume) => [volume.name, null])) }),
  };
  // Alike lists stay lists: an alias in place of every second one is hard to read.
  const doc = new Document(content, { aliasDuplicateObjects: false, merge: true, compat: "yaml-1.1" });
  doc.commentBefore = head.map((line) => (line === "" ? "" : ` ${line}`)).join("\n");
  const shared = doc.get("x-hardened", true) as YAMLMap;
  shared.anchor = ANCHOR;
  for (const key of ["cap_drop", "security_opt"]) flow(shared, key);
  const all = doc.get("services") as YAMLMap;
  const firsts = new Map(
    [...model.groups].map(([group, members]) => [[...members.keys()][0] ?? "", titles.get(group)] as const),
  );
  for (const { key } of (doc.contents as unknown as YAMLMap).items) if (!isFirst(key)) space(key);
  for (const [at, { key, value }] of (all.items as Pair<Scalar<string>, YAMLMap | null>[]).entries()) {
    if (at > 0) space(key);
    const title = firsts.get(key.value);
    if (title !== undefined) key.commentBefore = ` ${title}`;
    if (value === null) continue;
    if (isHardened(model, key.value)) {
      const merge = doc.createPair("<<", doc.createAlias(shared, ANCHOR));
      value.items.unshift(merge);
    }
    for (const field of ["entrypoint", "cap_drop", "cap_add", "security_opt"]) flow(value, field);
    flow(value, "healthcheck", "test");
    for (const each of members(value.get("depends_on", true))) each.flow = true;
    for (const each of members(value.get("networks", true))) flow(each, "aliases");
    for (const each of members(value.get("deploy", true))) for (const limits of members(each)) limits.flow = true;
  }
  return doc.toString({ lineWidth: 0, nullStr: "" });
}

const isHardened = ({ groups }: Model, name: string): boolean =>
  [...groups.values()].some((group) => {
    const service = group.get(name);
    return service !== undefined && isAllOf(service);
  });

const isAllOf = ({ read_only, cap_drop, security_opt, cap_add }: PlacedService): boolean =>
  JSON.stringify({ read_only, cap_drop, security_opt }) === JSON.stringify(HARDENED) && cap_add === undefined;

function ordered(service: PlacedService): object {
  const { read_only, cap_drop, cap_add, security_opt, ...rest } = service;
  const own = isAllOf(service) ? {} : { read_only, cap_drop, cap_add, security_opt };
  const all: Readonly<Record<string, unknown>> = { ...rest, ...own };
  const rank = (key: string) => {
    const at = FIELDS.findIndex((field) => field === key);
    return at === -1 ? FIELDS.length : at;
  };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => rank(one) - rank(other)),
  );
}

function space(key: unknown): void {
  if (isScalar(key)) key.spaceBefore = true;
}

const isFirst = (key: unknown): boolean => isScalar(key) && key.value === "name";

/** Writes a list on one line. */
function flow(map: YAMLMap, ...path: readonly string[]): void {
  const node = map.getIn(path, true) as { flow?: boolean; items?: readonly unknown[] } | undefined;
  const short = node?.items?.every((item) => isScalar(item) && !String(item.value).includes("\n"));
  if (node !== undefined && short === true) node.flow = true;
}

/** The maps within a map. */
const members = (node: unknown): YAMLMap[] =>
  isMap(node) ? node.items.map(({ value }) => value).filter((value): value is YAMLMap => isMap(value)) : [];
