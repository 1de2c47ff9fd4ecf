import {
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";

/** A registered resource. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly opts?: { readonly protect?: boolean };
  /** Name of the resource that it belongs to. @default none */
  readonly parent?: string;
}

export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** Text that the engine sends for an unknown string. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** `<name of the resource>: <message>`, or the reason why the policy did not apply. */
export type Outcome = string[] | { readonly notApplicable: string | undefined };

class NotApplicable extends Error {}

/** Whether the engine asks the provider of a resource, by name; else stack policies get the resource without properties. */
export interface Unconfigured {
  readonly has: (resource: Registered) => boolean;
  /** A policy of one resource, which judges the inputs before the stack policy. @default none */
  readonly before?: ResourceValidationPolicy;
}

/** The engine's view of a provider whose password is generated in the same stack. */
const PROVIDER = {
  type: "pulumi:providers:example",
  urn: "provider",
  name: "provider",
  props: { server: "a.example:9000", password: UNKNOWN },
};

/** Runs one policy like the SDK's server: each resource is new, and a proxy guards unknown values. */
export async function run(
  policy: Policy,
  resources: readonly Registered[],
  config: object = {},
  unconfigured: Unconfigured = { has: () => false },
): Promise<Outcome> {
  const messages: string[] = [];
  const report = (message: string, urn?: string) =>
    messages.push(urn === undefined ? message : `${urn.split("::").at(-1) ?? ""}: ${message}`);
  const common = {
    stackTags: new Map<string, string>(),
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK's signature
    getConfig: <T extends object>() => config as T,
    notApplicable: (reason?: string): never => {
      throw new NotApplicable(reason);
    },
  };
  // Separate URNs, so that inputs in the pack's memory from another run do not apply.
  const urnOf = ({ type, name }: Registered) =>
    `${unconfigured.before === undefined ? "unseen" : "seen"}::${type}::${name}`;
  const parentOf = ({ parent }: Registered) => {
    const found = resources.find(({ name }) => name === parent);
    if (parent === undefined) return {};
    return { parent: { urn: found === undefined ? parent : urnOf(found) } as PolicyResource };
  };
  const argument = (registered: Registered, props = registered.props) => ({
    type: registered.type,
    name: registered.name,
    urn: urnOf(registered),
    ...parentOf(registered),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call -- the SDK ships no types for it
    props: unknownCheckingProxy(structuredClone(props)),
    ...(unconfigured.has(registered) ? { provider: PROVIDER } : {}),
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: NO_TIMEOUTS,
      ...registered.opts,
    },
    dependencies: [],
    propertyDependencies: {},
    isType: refuse,
    asType: refuse,
    ...common,
  });
  try {
    if ("validateStack" in policy) {
      const { before } = unconfigured;
      if (before !== undefined) for (const one of resources) await validations(before)(argument(one), () => undefined);
      const args = resources.map((one) => (unconfigured.has(one) ? argument(one, {}) : argument(one)));
      await policy.validateStack({ ...common, resources: args }, report);
    } else for (const one of resources) await validations(policy)(argument(one), report);
  } catch (error) {
    if (error instanceof NotApplicable) return { notApplicable: error.message };
    throw error;
  }
  return messages;
}

function validations(policy: ResourceValidationPolicy) {
  if (typeof policy.validateResource !== "function") throw new Error(`${policy.name} validates nothing`);
  return policy.validateResource;
}

/** Policies match on the type token, because this pack loads no provider classes. */
function refuse(): never {
  throw new Error("isType and asType need provider classes");
}

const NO_TIMEOUTS = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };
