import * as pulumi from "@pulumi/pulumi";

// Exists, and is missing in the declarations.
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };

/** The parts of a Kubernetes object that tests read. */
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

/** A resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Manifest;
}

/** Everything that a program registers, with Pulumi mocked. */
export async function record(program: () => unknown): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Manifest });
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "lakehouse",
    "test",
    false,
  );
  program();
  await waitForRPCs();
  return registered;
}

/** The one resource of a type, or the one with that name. */
export function find(registered: readonly Registered[], type: string, name?: string): Registered {
  const found = registered.filter((each) => each.type === type && (name === undefined || each.name === name));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(
      `${String(found.length)} of ${type} ${name ?? ""}; there are ${registered.map((each) => `${each.type} ${each.name}`).join(", ")}`,
    );
  return found[0];
}
