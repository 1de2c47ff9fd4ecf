import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient, AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { BinaryWriter } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { PackProcess } from "./pack-process";
import type { Recorded } from "./recorder";

/** A violation that the pack reports. */
export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory" | "remediate" | "disabled";
  /** Empty for a violation of the stack as a whole. */
  readonly urn: string;
  readonly message: string;
}

/** Configuration of a policy: its properties, and its enforcement level. */
export interface PolicySettings {
  readonly [property: string]: unknown;
  readonly enforcementLevel?: Violation["level"];
}

/** Names of the enabled policies, and their violations. */
export interface Judgement {
  readonly policies: readonly string[];
  readonly violations: readonly Violation[];
}

/** Indexed by `EnforcementLevel` in Pulumi's analyzer.proto. */
const LEVELS: readonly Violation["level"][] = ["advisory", "mandatory", "disabled", "remediate"];
const NUMBERS: Readonly<Record<Violation["level"], proto.EnforcementLevel>> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};
/** Number of the field `resources` in an `AnalyzeStackRequest`: written bytes stand in it for a message. */
const RESOURCES = 1;
/** Bytes; the limit of Pulumi's engine. */
const MAX_MESSAGE = 400 * 1024 * 1024;

/** A client of the policy pack that sends what Pulumi's engine sends: over gRPC, each resource, then the stack as a whole. */
export class PolicyPack {
  private readonly client: Promise<AnalyzerClient>;
  private readonly pending: Promise<Violation[]>[] = [];
  private readonly written = new WeakMap<Recorded, Uint8Array>();

  constructor(private readonly process: PackProcess) {
    const options = { "grpc.max_receive_message_length": MAX_MESSAGE, "grpc.max_send_message_length": MAX_MESSAGE };
    this.client = process.port.then(
      (port) => new AnalyzerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), options),
    );
    // The caller that awaits an answer handles the error.
    this.client.catch(() => undefined);
  }

  /**
   * Judges one resource; `finish` collects the answers. Components are judged only with the stack, because resource policies read
   * the objects that components make. That saves a third of the calls.
   */
  analyze(resource: Recorded): void {
    if (!resource.custom) return;
    const violations = this.one(resource);
    violations.catch(() => undefined);
    this.pending.push(violations);
  }

  /** Judges resources one by one, and the stack that they are part of. */
  async judge(resources: readonly Recorded[], stack = resources): Promise<Violation[]> {
    const single = resources.filter(({ custom }) => custom).map((resource) => this.one(resource));
    const [whole, ...each] = await Promise.all([this.analyzeStack(stack), ...single]);
    return [...each.flat(), ...whole];
  }

  /** Metadata of the pack and its policies. */
  async info(): Promise<proto.AnalyzerInfo> {
    return this.call<proto.AnalyzerInfo>((client, done) => client.getAnalyzerInfo(new Empty(), done));
  }

  /** Configures policies; those that are not mentioned return to their defaults. */
  async configure(config: Readonly<Record<string, PolicySettings>>): Promise<void> {
    const levels = new Map(
      (await this.info()).getPoliciesList().map((one) => [one.getName(), one.getEnforcementlevel()]),
    );
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [policy, { enforcementLevel, ...properties }] of Object.entries(config)) {
      const settings = new proto.PolicyConfig();
      const given = enforcementLevel === undefined ? undefined : NUMBERS[enforcementLevel];
      settings.setEnforcementlevel(given ?? levels.get(policy) ?? proto.EnforcementLevel.MANDATORY);
      settings.setProperties(Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]));
      request.getPolicyconfigMap().set(policy, settings);
    }
    await this.call<Empty>((client, done) => client.configure(request, done));
  }

  private async one(resource: Recorded): Promise<Violation[]> {
    const response = await this.send("analyze", this.bytes(resource));
    return response.getDiagnosticsList().map((found) => violation(found, resource.urn));
  }

  /** Judges the stack as a whole. */
  async analyzeStack(resources: readonly Recorded[]): Promise<Violation[]> {
    const request = new BinaryWriter();
    for (const resource of resources)
      request.writeBytes(RESOURCES, Buffer.concat([this.bytes(resource), place(resource)]));
    const response = await this.send("analyzeStack", request.getResultBuffer());
    return response.getDiagnosticsList().map((found) => violation(found, ""));
  }

  /** Judges the stack, and collects all violations. */
  async finish(resources: readonly Recorded[]): Promise<Judgement> {
    const [info, whole, ...single] = await Promise.all([this.info(), this.analyzeStack(resources), ...this.pending]);
    return {
      // Disabled remediations judge nothing.
      policies: info
        .getPoliciesList()
        .filter((policy) => policy.getEnforcementlevel() !== proto.EnforcementLevel.DISABLED)
        .map((policy) => policy.getName()),
      violations: [...single.flat(), ...whole],
    };
  }

  /** Ends the process. */
  stop(): void {
    this.process.stop();
    void this.client.then(
      (client) => {
        client.close();
      },
      () => undefined,
    );
  }

  /** A resource as both kinds of requests begin with it: it is written once, as that takes longer than anything else here. */
  private bytes(resource: Recorded): Uint8Array {
    const bytes = this.written.get(resource) ?? analyzeRequest(resource).serializeBinary();
    this.written.set(resource, bytes);
    return bytes;
  }

  private send(method: "analyze" | "analyzeStack", request: Uint8Array): Promise<proto.AnalyzeResponse> {
    const { path, responseDeserialize } = AnalyzerService[method];
    const written = () => Buffer.from(request.buffer, request.byteOffset, request.byteLength);
    return this.call((client, done) => client.makeUnaryRequest(path, written, responseDeserialize, request, done));
  }

  private async call<T>(
    invoke: (client: AnalyzerClient, done: (error: Error | null, response?: T) => void) => unknown,
  ): Promise<T> {
    const client = await this.client;
    return new Promise((resolve, reject) => {
      invoke(client, (error, response) => {
        if (response !== undefined) resolve(response);
        else reject(error ?? new Error("the policy pack gave no answer"));
      });
    });
  }
}

function violation(found: proto.AnalyzeDiagnostic, urn: string): Violation {
  const text = found.getMessage();
  const description = `${found.getDescription()}\n`;
  return {
    policy: found.getPolicyname(),
    level: LEVELS[found.getEnforcementlevel()] ?? "mandatory",
    urn: found.getUrn() === "" ? urn : found.getUrn(),
    // The protocol prefixes every message with the policy's description.
    message: text.startsWith(description) ? text.slice(description.length) : text,
  };
}

function analyzeRequest({ request, type, name, urn }: Recorded): proto.AnalyzeRequest {
  const analyze = new proto.AnalyzeRequest();
  analyze.setType(type);
  analyze.setName(name);
  analyze.setUrn(urn);
  analyze.setProperties(request.getObject() ?? Struct.fromJavaScript({}));
  analyze.setOptions(options(request));
  return analyze;
}

/** What a request for the stack says of a resource beyond `analyzeRequest`, whose fields have the same numbers in both messages. */
function place({ request, parent }: Recorded): Uint8Array {
  const resource = new proto.AnalyzerResource();
  resource.setParent(parent);
  resource.setDependenciesList(request.getDependenciesList());
  return resource.serializeBinary();
}

function options(request: Recorded["request"]): proto.AnalyzerResourceOptions {
  const result = new proto.AnalyzerResourceOptions();
  result.setProtect(request.getProtect() ?? false);
  result.setIgnorechangesList(request.getIgnorechangesList());
  result.setAdditionalsecretoutputsList(request.getAdditionalsecretoutputsList());
  result.setParent(request.getParent());
  return result;
}
