import type { TableFormats } from "../../core/table-formats";
import type { Mistake } from "../../fields/mistakes";
import type { Maintenance } from "./maintenance";

/** What a policy says that Delta has nothing for. Its files are compacted, put in order by z-order, and removed. */
const MEANINGLESS = {
  minInputFiles: "Delta compacts every small file",
  retainSnapshots: "Delta keeps versions by their age alone",
  retainStreamDays: "Delta keeps its log of commits by its own property",
} as const;

const PATH = "lakehouse:compute.spark.maintenance";
const ZORDER = "for Delta tables, which are put in order by zorder alone; allowed: zorder(x, y)";
const isZorder = (sort: string) => /^zorder/i.test(sort);

/** Mistakes in policies of Delta namespaces and tables: nothing that is said is left undone silently. */
export function* deltaPolicies(
  { policies, namespaces, sort }: Pick<Maintenance, "policies" | "namespaces" | "sort">,
  formats: TableFormats,
): Iterable<Mistake> {
  for (const [name, policy] of Object.entries(policies)) {
    if (formats.of(name).format !== "delta") continue;
    const path = `${PATH}.policies.${name}`;
    for (const [key, why] of Object.entries(MEANINGLESS)) {
      const value = policy[key as keyof typeof MEANINGLESS];
      if (value !== undefined)
        yield { path: `${path}.${key}`, message: `given ${String(value)} for Delta tables, and ${why}; allowed: none` };
    }
    if (policy.sort !== undefined && !isZorder(policy.sort))
      yield { path: `${path}.sort`, message: `given '${policy.sort}' ${ZORDER}` };
  }
  if (sort === undefined || isZorder(sort)) return;
  const without = Object.keys(formats.said).filter((name) => {
    const [namespace = ""] = name.split(".");
    const own = policies[name]?.sort ?? policies[namespace]?.sort;
    return formats.said[name] === "delta" && namespaces.includes(namespace) && own === undefined;
  });
  if (without.length > 0)
    yield {
      path: `${PATH}.sort`,
      message: `given '${sort}' for ${without.join(", ")} too, ${ZORDER}, or a sort of their own in policies`,
    };
}
