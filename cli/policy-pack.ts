import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { PackProcess } from "./pack-process";
import type { Recorded } from "./recorder";

/** What the pack says of one resource. */
export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory" | "remediate" | "disabled";
  /** Empty when it is about the stack as a whole. */
  readonly urn: string;
  readonly message: string;
}

/** Every policy of the pack, and what it found. */
export interface Judgement {
  readonly policies: readonly string[];
  readonly violations: readonly Violation[];
}

/** By number, as `EnforcementLevel` in Pulumi's analyzer.proto. */
const LEVELS: readonly Violation["level"][] = ["advisory", "mandatory", "disabled", "remediate"];
const MAX_MESSAGE = 400 * 1024 * 1024;

/** The policy pack, spoken to as Pulumi's engine does: over gRPC, resource by resource, then the stack as a whole. */
export class PolicyPack {
  private readonly client: Promise<AnalyzerClient>;
  private readonly pending: Promise<Violation[]>[] = [];

  constructor(private readonly process: PackProcess) {
    const options = { "grpc.max_receive_message_length": MAX_MESSAGE, "grpc.max_send_message_length": MAX_MESSAGE };
    this.client = process.port.then(
      (port) => new AnalyzerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), options),
    );
    // Reported by whoever awaits an answer.
    this.client.catch(() => undefined);
  }

  /**
   * Judges one resource; answers are collected by `finish`. Components are judged with the stack only: what policies of one
   * resource read is on the objects that components make, and a third of the calls is saved.
   */
  analyze(resource: Recorded): void {
    if (!resource.custom) return;
    const answer = this.call<proto.AnalyzeResponse>((client, done) => client.analyze(analyzeRequest(resource), done));
    const violations = answer.then((response) =>
      response.getDiagnosticsList().map((found) => violation(found, resource.urn)),
    );
    violations.catch(() => undefined);
    this.pending.push(violations);
  }

  /** Judges the stack as a whole. */
  async analyzeStack(resources: readonly Recorded[]): Promise<Violation[]> {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(resources.map(stackResource));
    const response = await this.call<proto.AnalyzeResponse>((client, done) => client.analyzeStack(request, done));
    return response.getDiagnosticsList().map((found) => violation(found, ""));
  }

  /** Judges the stack, and gathers everything. */
  async finish(resources: readonly Recorded[]): Promise<Judgement> {
    const [info, whole, ...single] = await Promise.all([
      this.call<proto.AnalyzerInfo>((client, done) => client.getAnalyzerInfo(new Empty(), done)),
      this.analyzeStack(resources),
      ...this.pending,
    ]);
    return {
      policies: info.getPoliciesList().map((policy) => policy.getName()),
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

  private async call<T>(
    invoke: (client: AnalyzerClient, done: (error: Error | null, response: T) => void) => unknown,
  ): Promise<T> {
    const client = await this.client;
    return new Promise((resolve, reject) => {
      invoke(client, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
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
    // The protocol puts the description in front of every message.
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

function stackResource({ request, type, name, urn, parent }: Recorded): proto.AnalyzerResource {
  const resource = new proto.AnalyzerResource();
  resource.setType(type);
  resource.setName(name);
  resource.setUrn(urn);
  resource.setParent(parent);
  resource.setProperties(request.getObject() ?? Struct.fromJavaScript({}));
  resource.setDependenciesList(request.getDependenciesList());
  resource.setOptions(options(request));
  return resource;
}

function options(request: Recorded["request"]): proto.AnalyzerResourceOptions {
  const result = new proto.AnalyzerResourceOptions();
  result.setProtect(request.getProtect() ?? false);
  result.setIgnorechangesList(request.getIgnorechangesList());
  result.setAdditionalsecretoutputsList(request.getAdditionalsecretoutputsList());
  result.setParent(request.getParent());
  return result;
}
