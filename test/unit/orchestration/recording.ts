import { record as recordInputs, type Registered as Resource } from "../../support/record";

/** The fields of a Kubernetes object that tests read. */
export interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly subjects?: unknown;
  readonly roleRef?: unknown;
  readonly stringData?: Readonly<Record<string, string>>;
}

export type Registered = Resource<Manifest>;

/** All resources that a program registers, with Pulumi mocked. */
export const record = async (program: () => unknown): Promise<readonly Registered[]> =>
  (await recordInputs<Manifest, unknown>(program)).registered;

/** The only resource of a type, or the one with a name. */
export function find(registered: readonly Registered[], type: string, name?: string): Registered {
  const found = registered.filter((each) => each.type === type && (name === undefined || each.name === name));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(
      `${String(found.length)} of ${type} ${name ?? ""}; there are ${registered.map((each) => `${each.type} ${each.name}`).join(", ")}`,
    );
  return found[0];
}
