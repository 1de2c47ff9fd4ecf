import type { Rendered } from "../../sandbox/engines/rendered";

/**
 * The same nodes with the defaults of Trino's chart. The heaps stay those of the stack, because the chart's 8 GB a node would need
 * a larger machine. The spill folder is set because the rendered files have one; spilling is off, as in the chart.
 */
export function stock(rendered: Rendered): Rendered {
  const limits = "resource-groups.json";
  const etc = rendered.configMap("trino-coordinator-etc");
  return (["coordinator", "worker"] as const)
    .reduce((all, role) => {
      const given = rendered.configMap(`trino-${role}-etc`);
      const path = pathOf(rendered, role);
      const text = (file: string) => given[file] ?? "";
      return all
        .with(path, text("config.properties"), configProperties(role))
        .with(path, text("jvm.config"), jvmConfig(/^-Xmx(.*)$/m.exec(text("jvm.config"))?.[1] ?? ""));
    }, rendered)
    .with(pathOf(rendered, "coordinator"), etc[limits] ?? "", JSON.stringify(NO_LIMITS));
}

const pathOf = (rendered: Rendered, role: string) =>
  rendered.paths.find((path) => path.endsWith(`/configmap-trino-${role}-etc.yaml`)) ?? "";

/** Trino's behaviour without resource groups. */
const NO_LIMITS = {
  rootGroups: [{ name: "global", softMemoryLimit: "100%", hardConcurrencyLimit: 100, maxQueued: 1000 }],
  selectors: [{ group: "global" }],
};

const configProperties = (role: "coordinator" | "worker") =>
  [
    `coordinator=${role === "coordinator"}`,
    ...(role === "coordinator" ? ["node-scheduler.include-coordinator=false"] : []),
    "http-server.http.port=8080",
    "query.max-memory=4GB",
    "query.max-memory-per-node=1GB",
    "discovery.uri=http://trino.lakehouse-query.svc:8080",
    "spiller-spill-path=/tmp/spill",
    "",
  ].join("\n");

/** The chart's options, without those that the JDK no longer supports. */
const jvmConfig = (heap: string) =>
  [
    "-server",
    `-Xmx${heap}`,
    "-XX:+UseG1GC",
    "-XX:G1HeapRegionSize=32M",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.attach.allowAttachSelf=true",
    "-XX:ReservedCodeCacheSize=512M",
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-XX:+EnableDynamicAgentLoading",
    "",
  ].join("\n");
