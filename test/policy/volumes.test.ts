import assert from "node:assert/strict";

import { manifests } from "../../preview/manifests";
import type { Recorded } from "../../preview/recorder";
import { REPRODUCIBLE } from "../../components/core/labels";
import { diff } from "../../planner/diff";
import { keyOf, Resource } from "../../policies/core/resource";
import { parseQuantity } from "../../policies/core/quantity";
import { workloads, WORKLOAD_KEYS } from "../../policies/workloads";
import { judged, type StackName, STACKS } from "./harness";

const LIBRARIES = "lakehouse-storage/statefulset-libraries-server";
/** Volumes that can be refilled, by the resource that says so, with their place in the plan. */
const REFILLED: Readonly<Record<StackName, Readonly<Record<string, string>>>> = {
  dev: { "libraries-server": LIBRARIES },
  homelab: { "libraries-server": LIBRARIES },
  prod: {
    "libraries-server": LIBRARIES,
    // It holds a copy until that is in the object store.
    "mariadb-backup": "lakehouse-storage/physicalbackup-mariadb-backup",
    // Every segment is in the object store too.
    "druid-historical": "lakehouse-druid/statefulset-druid-historical",
    "milvus-querynode": "lakehouse-query/statefulset-milvus-querynode",
  },
};

/** Kinds with volumes: their own, of a template, or made by an operator. */
function withVolumes(resources: readonly Recorded[]): string[] {
  const claims = /"(volumeClaimTemplates|storageClassName|storageClass|walStorage)":/;
  return manifests(resources)
    .filter(({ content }) => content.kind !== "Namespace" && claims.test(JSON.stringify(content)))
    .map(({ path }) => path.replace(/^manifests\//, "").replace(/\.yaml$/, ""));
}

/** Sizes of pods' emptyDirs, and their requests of ephemeral storage. */
function scratch(resources: readonly Recorded[]) {
  return resources
    .filter(({ type }) => WORKLOAD_KEYS.includes(keyOf(type)))
    .map(({ type, name, urn, inputs: props }) => new Resource({ type, name, urn, props, opts: {} } as never))
    .flatMap((resource) => workloads(resource).map((workload) => ({ resource, workload })))
    .map(({ resource, workload: { role, volumes, spec, containers } }) => {
      const directories = volumes.map((volume) => volume.at("emptyDir")).filter(({ absent }) => !absent);
      // An operator makes the container of some kinds from the resource's own fields.
      const written = spec?.at("containers").items ?? [];
      const running = written.length > 0 ? written : containers.map(({ field }) => field);
      const amounts = (fields: readonly { readonly value: unknown }[]) =>
        fields.map(({ value }) => parseQuantity(value));
      return {
        name: `${resource.kind} ${resource.name} ${role}`.trim(),
        limits: amounts(directories.map((one) => one.at("sizeLimit"))),
        requests: amounts(running.map((field) => field.at("resources", "requests", "ephemeral-storage"))),
      };
    })
    .filter(({ limits }) => limits.length > 0);
}

const sum = (amounts: readonly (number | undefined)[]) => amounts.reduce<number>((all, one) => all + (one ?? 0), 0);

for (const stack of STACKS) {
  describe(`disks of ${stack}`, () => {
    let resources: readonly Recorded[];
    before(async () => {
      ({ resources } = await judged(stack));
    });

    it("have data on every volume except those that say that they can be refilled", () => {
      const marked = resources.filter(({ inputs }) => JSON.stringify(inputs).includes(`"${REPRODUCIBLE}":`));
      assert.deepEqual(marked.map(({ name }) => name).toSorted(), Object.keys(REFILLED[stack]).sort());
      const all = new Map(manifests(resources).map(({ path, content }) => [path.replace(/^manifests\//, ""), content]));
      const lost = diff(all, new Map()).deletesData;
      const volumes = withVolumes(resources);
      assert.ok(volumes.includes(LIBRARIES) && volumes.length > 1, volumes.join());
      assert.deepEqual(
        volumes.filter((path) => !lost.includes(path)).toSorted(),
        Object.values(REFILLED[stack]).sort(),
      );
    });

    it("are protected from deletion if they have data, and the others are not", () => {
      const kept = new Set(resources.filter(({ request }) => request.getProtect()).map(({ name }) => name));
      for (const name of Object.keys(REFILLED[stack])) assert.equal(kept.has(name), false, name);
      const claiming = resources.filter(({ inputs }) => JSON.stringify(inputs).includes('"volumeClaimTemplates":'));
      const names = claiming.map(({ name }) => name).filter((name) => !(name in REFILLED[stack]));
      // Data on a laptop may be lost.
      assert.deepEqual([...names.filter((name) => kept.has(name))], stack === "dev" ? [] : names);
    });

    it("are requested as ephemeral storage for every spill directory, each with a limit", () => {
      const found = scratch(resources);
      assert.ok(found.length > 8, String(found.length));
      for (const { name, limits, requests } of found) {
        assert.ok(!limits.includes(undefined), `${name} has a directory without a bound`);
        assert.equal(sum(requests), sum(limits), name);
      }
    });
  });
}
