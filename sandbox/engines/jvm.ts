import type { Ground } from "./ground";

export const JVM_OPTIONS = "JAVA_TOOL_OPTIONS";

/**
 * Value of the variable JAVA_TOOL_OPTIONS for engines of tests: no second compiler, no verification of released classes, as many
 * processors as the pods have, and transparent huge pages.
 * @param folder of temporary files. @default the JVM's own
 */
export function jvmOptions({ changes, rendered }: Pick<Ground, "changes" | "rendered">, folder?: string): string {
  const given = process.env[JVM_OPTIONS];
  const options = [
    ...(given === undefined ? [] : [given]),
    "-XX:TieredStopAtLevel=1",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
    `-XX:ActiveProcessorCount=${rendered.processors}`,
    ...(folder === undefined ? [] : [`-Djava.io.tmpdir=${folder}`]),
    ...(process.platform === "linux" ? ["-XX:+UseTransparentHugePages"] : []),
  ];
  return changes.value("jvm", JVM_OPTIONS, given, options.join(" "));
}
