import type { DoorReport } from "../plan";

/** Who may pass a door, in one line: from where, and by which sign-in. */
export function whoPasses({ outside, signIn, clients = [] }: DoorReport): string {
  const from = [
    ...(outside === undefined ? [] : [`from outside at ${outside}`]),
    ...clients.map((one) => `pods of ${one}`),
  ];
  const by = signIn === undefined ? [] : [signIn === null ? "NOBODY SIGNS IN" : `signs in: ${signIn}`];
  return [from.length === 0 ? "not open" : from.join(", "), ...by].join("; ");
}
