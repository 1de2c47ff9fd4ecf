import { accepted, USUAL } from "./choices";
import { type Choice, isOperator, isOptional, SWITCHES } from "./switches";

/** Every system on with deployed operators, for each kind of object store with pods of the stack. */
export function everything(): Choice[] {
  const on = SWITCHES.filter(isOptional).map(
    ({ path, values }) => [path, values.find((value) => value !== "off" && value !== false) ?? values[0]] as const,
  );
  const ours = SWITCHES.filter(isOperator).map(({ path }) => [path, "deployed"] as const);
  return ["minio", "ceph"].map((kind) => {
    const given = { "storage.objects.kind": kind, ...Object.fromEntries(ours) };
    const choice = accepted(given, { ...USUAL, ...Object.fromEntries(on) });
    if (choice === undefined) throw new Error(`${kind} cannot be had with everything`);
    return choice;
  });
}
