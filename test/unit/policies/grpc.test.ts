import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

import * as grpc from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { policies } from "../../../policies/policies";
import { changed, container, remove, set } from "./edit";
import { type Registered, UNKNOWN } from "./runner";

const PACK = path.join(__dirname, "..", "..", "..", "policies");

/** Proves that the real pack starts and answers; other tests prove its policies without a process. */
describe("the pack as a process", () => {
  let server: ChildProcess;
  let client: Client;

  before(async () => {
    const main = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    // It ends with this process, for any end of it.
    const preload = path.join(PACK, "..", "scripts", "end-with-parent.js");
    server = spawn(process.execPath, ["-r", preload, main, "127.0.0.1:1", "."], {
      cwd: PACK,
      stdio: ["pipe", "pipe", "inherit"],
    });
    client = new Client(await port(server));
  });
  after(() => server.kill());

  it("introduces itself with every policy", async () => {
    const info = await client.info();
    assert.equal(info.getName(), "lakehouse");
    assert.deepEqual(
      info.getPoliciesList().map((policy) => policy.getName()),
      policies.map(({ name }) => name),
    );
    assert.equal(info.getVersion(), "0.1.0");
  });

  it("accepts the compliant stack", async () => {
    const stack = changed();
    assert.deepEqual(await client.analyze(...stack), []);
    assert.deepEqual(await client.analyzeStack(stack), []);
  });

  it("refuses a resource although another of its values is unknown", async () => {
    const stack = changed(
      set("Deployment front/web", container("image"), UNKNOWN),
      set("Deployment front/web", container("resources.limits.cpu"), undefined),
    );
    assert.deepEqual(await client.analyze(...stack), [
      "mandatory container-require-resources: Every container states requests and limits of cpu and memory, and no request is over its limit.\n" +
        "spec.template.spec.containers[0].resources.limits.cpu: Deployment front/web states no cpu limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.cpu.",
    ]);
  });

  it("refuses a stack", async () => {
    assert.deepEqual(await client.analyzeStack(changed(remove("NetworkPolicy operators/webhook-from-api-server"))), [
      "mandatory webhook-require-ingress: The API server may reach every admission webhook on the port of its container.\n" +
        "values.webhook: Release operators/spark-operator is called by the API server on container port 9443 of spark-operator-webhook, but no NetworkPolicy allows ingress from the control plane's addresses. Fix: add a Link from the API server to spark-operator-webhook on port 9443.",
    ]);
  });

  it("judges resources without properties by their inputs, and accepts those without known inputs", async () => {
    const open = { bucket: "open", acl: "private", objectLocking: false };
    const bucket = { type: "minio:index/s3Bucket:S3Bucket", name: "open", props: open };
    const asked = { password: UNKNOWN };
    await client.analyze({ ...bucket, provider: asked });
    const unasked = { ...bucket, props: {}, provider: asked };
    assert.deepEqual(await client.analyzeStack([unasked]), [
      "mandatory bucket-require-lifecycle: Every bucket has lifecycle rules, so that abandoned objects are deleted.\n" +
        "bucket: S3Bucket open has no lifecycle rules (open). Fix: add an IlmPolicy for it that at least expires noncurrent versions.",
    ]);
    assert.deepEqual(await client.analyzeStack([{ ...unasked, name: "unseen" }]), []);
  });

  it("reports advisory policies as advice", async () => {
    const [message = ""] = await client.analyze(
      ...changed(set("Deployment front/web", container("resources.requests.memory"), "512Mi")),
    );
    assert.match(message, /^advisory container-require-memory-guarantee: /);
  });
});

async function port(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [, number] = /^(\d+)\n/.exec(output) ?? [];
      if (number !== undefined) resolve(number);
    });
    server.on("exit", (code) => {
      reject(new Error(`the pack ended with ${String(code)}: ${output}`));
    });
  });
}

/** A resource with the configuration of its provider. */
type Handed = Registered & { readonly provider?: Readonly<Record<string, string>> };

function providerOf(properties: Handed["provider"]): proto.AnalyzerProviderResource | undefined {
  if (properties === undefined) return undefined;
  const provider = new proto.AnalyzerProviderResource();
  provider.setType("pulumi:providers:minio").setName("objects").setUrn("objects");
  return provider.setProperties(Struct.fromJavaScript(properties));
}

/** A client of the Analyzer protocol, like the engine. */
class Client {
  private readonly client: rpc.AnalyzerClient;

  constructor(port: string) {
    this.client = new rpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  async info(): Promise<proto.AnalyzerInfo> {
    return new Promise((resolve, reject) => {
      this.client.getAnalyzerInfo(new empty.Empty(), (error, info) => {
        if (error) reject(error);
        else resolve(info);
      });
    });
  }

  /** The pack's messages for each resource. */
  async analyze(...resources: readonly Handed[]): Promise<string[]> {
    const answers = resources.map(({ type, name, props, provider }) => {
      const request = new proto.AnalyzeRequest();
      request.setType(type).setName(name).setUrn(name).setProvider(providerOf(provider));
      request.setProperties(Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]));
      request.setOptions(new proto.AnalyzerResourceOptions());
      return this.call((done) => this.client.analyze(request, done));
    });
    return (await Promise.all(answers)).flat();
  }

  async analyzeStack(resources: readonly Handed[]): Promise<string[]> {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(
      resources.map(({ type, name, props, provider }) => {
        const resource = new proto.AnalyzerResource();
        resource.setType(type).setName(name).setUrn(name).setProvider(providerOf(provider));
        resource.setProperties(Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]));
        return resource.setOptions(new proto.AnalyzerResourceOptions());
      }),
    );
    return this.call((done) => this.client.analyzeStack(request, done));
  }

  private async call(
    send: (done: (error: grpc.ServiceError | null, response: proto.AnalyzeResponse) => void) => void,
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      send((error, response) => {
        if (error) reject(error);
        else resolve(response.getDiagnosticsList().map(text));
      });
    });
  }
}

function text(diagnostic: proto.AnalyzeDiagnostic): string {
  const level = diagnostic.getEnforcementlevel() === proto.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";
  return `${level} ${diagnostic.getPolicyname()}: ${diagnostic.getMessage()}`;
}
