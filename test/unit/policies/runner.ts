import {
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";

/** A resource as a stack registers it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly opts?: { readonly protect?: boolean };
  /** Name of the resource that it belongs to. @default none */
  readonly parent?: string;
}

export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** What the engine sends for a string that is not known before the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** `<name of the resource>: <message>`, or why the policy did not apply. */
export type Outcome = string[] | { readonly notApplicable: string | undefined };

class NotApplicable extends Error {}

/** Whether the engine asks the providers of resources, by their name. Those it does not ask come to stack policies without properties. */
export interface Unconfigured {
  readonly has: (resource: Registered) => boolean;
  /** A policy of one resource, which the engine asks before the stack, with the inputs. @default none was asked */
  readonly before?: ResourceValidationPolicy;
}

/** What the engine hands over of a provider whose password is generated in the same stack. */
const PROVIDER = {
  type: "pulumi:providers:example",
  urn: "provider",
  name: "provider",
  props: { server: "a.example:9000", password: UNKNOWN },
};

/** Runs one policy as the SDK's server does: each resource anew, behind the proxy that guards unknown values. */
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
  // What another run has left in the pack's memory is of another resource.
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

/** Policies match on the type token: classes of providers are nothing that this pack loads. */
function refuse(): never {
  throw new Error("isType and asType need provider classes");
}

const NO_TIMEOUTS = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };
