import * as pulumi from "@pulumi/pulumi";
import type * as grpc from "@grpc/grpc-js";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Resolves after every registration. The SDK's type declarations do not export it, though the SDK's own tests use it. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };

/** Finds the line of the program behind each resource by a stack trace of all depths, for the engine alone. */
const { Resource } = pulumi as unknown as { Resource: { callsites: () => readonly unknown[] } };

/** Sentinels in Pulumi's wire format (`@pulumi/pulumi/runtime/rpc`). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Placeholders in output for secret values, and for values that only an update computes. */
export const HIDDEN = "[secret]";
export const COMPUTED = "[computed]";

/** One resource as the program registered it. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  /** Inputs with placeholders for secret and unknown values. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The request itself, for the policy pack. */
  readonly request: RegisterResourceRequest;
}

export interface RecorderOptions {
  readonly project: string;
  readonly stack: string;
  /** Called for each resource, while the program is still running. */
  readonly onResource?: (resource: Recorded) => void;
  /** Value in place of secrets that a provider would generate, for all or by resource. No output has it. @default a placeholder */
  readonly generated?: string | ((resource: string) => string);
}

type Callback<T> = (error: grpc.ServiceError | null | undefined, response: T | undefined) => void;

/**
 * Stands in for the engine in this process, and records the registered resources. Its answers are those of a first preview:
 * values that a provider would compute are unknown. Only generated secrets have a value, so that a Secret shows its keys. That
 * value is marked as secret like a real one, and hidden in all output.
 */
export class Recorder extends MockMonitor {
  readonly recorded: Recorded[] = [];
  /** Outputs of the stack, without secret values. */
  outputs: Readonly<Record<string, unknown>> = {};

  constructor(private readonly options: RecorderOptions) {
    super({
      newResource: () => ({ id: undefined, state: {} }),
      call: (args) => args.inputs as Record<string, unknown>,
    });
  }

  override registerResource(
    request: RegisterResourceRequest,
    callback: Callback<resproto.RegisterResourceResponse>,
  ): Promise<void> {
    const { generated = "generated", onResource } = this.options;
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const inputs = (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
    const urn = this.urn(parent, type, name);
    const resource = {
      urn,
      type,
      name,
      parent,
      custom: request.getCustom(),
      inputs: visible(inputs) as Recorded["inputs"],
      request,
    };
    this.recorded.push(resource);
    onResource?.(resource);
    const response = new resproto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId("");
    response.setObject(withSecrets(request, inputs, typeof generated === "string" ? generated : generated(name)));
    // In the loop's next turn, as an engine answers: what `onResource` sends goes out while the program runs on.
    setImmediate(() => {
      callback(null, response);
    });
    return Promise.resolve();
  }

  override registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback<object>): void {
    if (request.getUrn().includes("::pulumi:pulumi:Stack::")) {
      this.outputs = visible(request.getOutputs()?.toJavaScript() ?? {}) as Recorder["outputs"];
    }
    callback(null, {});
  }

  private urn(parent: string, type: string, name: string): string {
    const { project, stack } = this.options;
    const parentType = parent === "" ? "" : `${parent.split("::")[2] ?? ""}$`;
    const qualified = parentType === "pulumi:pulumi:Stack$" ? type : `${parentType}${type}`;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
  }
}

/** The answer of a provider: the inputs, and a value in place of each secret that it would generate. */
function withSecrets(
  request: RegisterResourceRequest,
  inputs: Readonly<Record<string, unknown>>,
  generated: string,
): Struct | undefined {
  const secrets = request.getAdditionalsecretoutputsList().filter((key) => inputs[key] === undefined);
  if (secrets.length === 0) return request.getObject();
  const state = {
    ...inputs,
    ...Object.fromEntries(secrets.map((key) => [key, { [SIGNATURE]: SECRET, value: generated }])),
  };
  return Struct.fromJavaScript(state as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** Replaces secret and unknown values by placeholders, at any depth. The keys of a secret map stay. */
export function visible(value: unknown): unknown {
  if (value === UNKNOWN) return COMPUTED;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(visible);
  const entries = value as Record<string, unknown>;
  if (entries[SIGNATURE] === SECRET) return hidden(entries.value);
  if (SIGNATURE in entries) return COMPUTED;
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, visible(inner)]));
}

function hidden(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || SIGNATURE in value) return HIDDEN;
  return Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN]));
}

/** A resource with its secret values: for what hands them on to a machine of the user's own. No output of a plan has them. */
export function revealed(resource: Recorded): Recorded {
  const inputs = resource.request.getObject()?.toJavaScript() ?? {};
  return { ...resource, inputs: plain(inputs) as Recorded["inputs"] };
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const entries = value as Record<string, unknown>;
  if (SIGNATURE in entries) return plain(entries.value);
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, plain(inner)]));
}

/** Runs the program of this project in process, with a stack's configuration. */
export async function record(
  program: () => unknown,
  config: { readonly values: Readonly<Record<string, string>>; readonly secretKeys: readonly string[] },
  options: RecorderOptions,
): Promise<Recorder> {
  const recorder = new Recorder(options);
  Resource.callsites = () => [];
  await pulumi.runtime.setMocks(recorder.mocks, options.project, options.stack, true);
  pulumi.runtime.setMockOptions(recorder, options.project, options.stack, true);
  pulumi.runtime.setAllConfig({ ...config.values }, [...config.secretKeys]);
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()));
  await waitForRPCs();
  return recorder;
}
