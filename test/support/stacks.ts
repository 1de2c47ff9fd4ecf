import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Document, isMap, parseDocument, visit } from "yaml";

import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile, type StackConfig } from "../../inputs/stack-file";

export const STACKS = ["dev", "homelab", "prod"] as const;
export type StackName = (typeof STACKS)[number];

/**
 * Settings of a shipped stack, without the additions of Pulumi's command line to the file: `encryptionsalt`, keys of providers,
 * and its own layout.
 */
export function shippedConfig(stack: StackName): StackConfig {
  const config = readStackFile(PROJECT_FOLDER, stack);
  return { ...config, values: Object.fromEntries(Object.entries(config.values).filter(([key]) => isOurs(key))) };
}

/** The settings as YAML in a fixed layout without comments, for tests that replace text in it. */
export function shippedText(stack: StackName): string {
  return inOneLayout(readFileSync(join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8")).toString({ lineWidth: 0 });
}

/** @param changes values by path, such as `lakehouse:query/trino/enabled`; undefined removes the key */
export function shippedWith(stack: StackName, changes: Readonly<Record<string, unknown>>): string {
  const document = inOneLayout(shippedText(stack));
  for (const [path, value] of Object.entries(changes)) {
    const keys = ["config", ...path.split("/").map((key) => (/^\d+$/.test(key) ? Number(key) : key))];
    if (value === undefined) document.deleteIn(keys);
    else document.setIn(keys, document.createNode(value));
  }
  return document.toString({ lineWidth: 0 });
}

const isOurs = (key: string) => key.startsWith("lakehouse:");

export function inOneLayout(text: string): Document {
  const document = parseDocument(text);
  visit(document, {
    Node: (_, node) => {
      node.comment = undefined;
      node.commentBefore = undefined;
      if ("spaceBefore" in node) node.spaceBefore = false;
    },
  });
  document.commentBefore = null;
  document.comment = null;
  const config = document.get("config");
  if (!isMap(config)) throw new Error("no settings");
  config.items = config.items.filter(({ key }) => isOurs(String(key)));
  document.contents = document.createNode({ config }) as never;
  return document;
}
