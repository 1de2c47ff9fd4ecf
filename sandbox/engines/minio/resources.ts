import { writeFileSync } from "node:fs";

import { type ClientCommand, commands } from "../../../components/storage/minio/commands";
import type { Ground } from "../ground";
import { Client, type EventOptions } from "./minio";
import { command } from "../obtain/command";
import type { Rendered } from "../rendered";

/**
 * Makes the stack's MinIO resources with MinIO's client, as the provider would.
 * @param rendered files with the resources, if only some are made
 */
export async function makeMinioResources(
  ground: Ground,
  { events = true }: EventOptions = {},
  rendered = ground.rendered,
): Promise<void> {
  const root = Client.root(ground);
  for (const step of commands(rendered.all).filter((each) => events || !each.some(isNotification)))
    await Promise.all(step.map((each) => run(ground, root, each)));
  if (rendered.has("Job", "minio-retention")) await setRetention(ground);
}

const isNotification = ({ args: [first] }: ClientCommand) => first === "event";

async function run(ground: Ground, root: Client, given: ClientCommand): Promise<void> {
  const { done } = given;
  try {
    await runOnce(ground, root, given);
  } catch (error) {
    if (done === undefined || !isDone(await root.run(done.args), done.line)) throw error;
  }
}

/** Whether an answer has a line such as `PolicyName: trino`, which may have more values with commas between them. */
function isDone(answer: string, line: string): boolean {
  const [key = "", value = ""] = line.split(": ");
  const found = answer.split("\n").find((each) => each.trim().startsWith(`${key}:`));
  return (found ?? "")
    .replace(`${key}:`, "")
    .split(",")
    .some((each) => each.trim() === value);
}

function runOnce(ground: Ground, root: Client, { args, input, file }: ClientCommand): Promise<string> {
  if (file === undefined) return root.run(args, input);
  // A file for each server of the run, because a client may read one while another is written.
  const path = ground.path("minio", `policies-${ground.ports.s3}`, file.name);
  writeFileSync(path, file.text);
  return root.run([...args, path]);
}

/** Makes the rendered notifications of buckets. */
export async function makeNotifications(root: Client, rendered: Rendered): Promise<void> {
  for (const step of commands(rendered.all)) {
    const [first] = step;
    if (first !== undefined && isNotification(first)) await root.run(first.args);
  }
}

/** Runs the rendered Job that locks backups. */
async function setRetention(ground: Ground): Promise<void> {
  const { changes, rendered, tools } = ground;
  const container = rendered.container("Job", "minio-retention", "mc");
  const env = rendered.env(container);
  const url = changes.value("minio/retention", "S3_URL", env.S3_URL, ground.local(env.S3_URL ?? ""));
  await command([...(container.command ?? []), ...(container.args ?? [])], {
    env: {
      ...env,
      S3_URL: url,
      MC_CONFIG_DIR: `${ground.run.folder}/minio/retention`,
      PATH: `${tools.minio}:${process.env.PATH ?? ""}`,
    },
  });
}
