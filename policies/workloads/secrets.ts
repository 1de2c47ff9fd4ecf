import type { Stack } from "../core/stack";
import type { Workload } from "./types";

/** Names of the Secrets that pods read; an empty text for a reference without a name. */
export function* secretsOf(workload: Workload, stack: Stack): Generator<string> {
  const { containers, spec, volumes, reads = [], namespace } = workload;
  // For Spark, `spec` has the template of a container that Spark itself makes.
  for (const field of [...containers.map((one) => one.field), ...(spec?.at("containers").items ?? [])]) {
    for (const one of field.at("env").items) yield one.get("valueFrom.secretKeyRef.name").text ?? "";
    for (const one of field.at("envFrom").items) yield one.get("secretRef.name").text ?? "";
  }
  for (const volume of volumes) {
    yield volume.get("secret.secretName").text ?? "";
    for (const source of volume.get("projected.sources").items) yield source.get("secret.name").text ?? "";
  }
  for (const { key, name } of reads) {
    const found = stack.of(key).find((one) => one.namespace === namespace && one.name === name);
    for (const { key: leaf, field } of found?.root.get("spec").strings() ?? [])
      if (leaf === "name") yield field.text ?? "";
  }
}
