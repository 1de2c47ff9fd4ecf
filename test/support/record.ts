import * as pulumi from "@pulumi/pulumi";

// Exported, but not in the published types.
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };

/** A registered resource with the fields that tests read. */
export interface Registered<Inputs> {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
}

/** Registered resources of a program, and its return value. */
export interface Run<Inputs, T> {
  readonly result: T;
  readonly registered: readonly Registered<Inputs>[];
}

/**
 * Runs a program with Pulumi mocked, until every registration has been answered.
 * @param creation called before a resource is created. @default nothing
 */
export async function record<Inputs, T>(
  program: () => T,
  creation?: (resource: Registered<Inputs>) => Promise<void>,
): Promise<Run<Inputs, T>> {
  const registered: Registered<Inputs>[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const resource = { type, name, inputs: inputs as Inputs };
        registered.push(resource);
        await creation?.(resource);
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "lakehouse",
    "test",
    false,
  );
  const result = program();
  await waitForRPCs();
  return { result, registered };
}
