import assert from "node:assert/strict";

import { parse } from "yaml";

import { compose, type Composed } from "../../../compose";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { stackSettings } from "../../../preview/plan";

interface ServiceText {
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus?: string; readonly memory?: string } } };
}

interface FileText {
  readonly services: Readonly<Record<string, ServiceText>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes?: Readonly<Record<string, null>>;
}

const config = readStackFile(PROJECT_FOLDER, "dev");
export const generated = (resource: string) => `of-${resource}-0123456789`;

/** The dev stack with some systems, with passwords that are named after their resources. */
export async function composed(
  wanted: readonly string[],
  env?: string,
): Promise<Composed & { readonly file: FileText }> {
  const options = { with: wanted, generated, ...(env === undefined ? {} : { env }) };
  const made = await compose(config, stackSettings(config), options);
  return { ...made, file: parse(text(made, "compose.yaml"), { merge: true }) as FileText };
}

/** The text of a file. */
export function text({ files }: Pick<Composed, "files">, path: string): string {
  const file = files.get(path);
  assert.ok(file, `${path} is missing; there are ${[...files.keys()].join(", ")}`);
  return file.text;
}
