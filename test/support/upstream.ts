import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ValidateFunction } from "ajv";
import { parse, parseAllDocuments } from "yaml";

import { schemaOf, validator } from "./crd";

/** Folder of files from upstream, which some machines have beside the repository. */
const SHARED = join(__dirname, "..", "..", "..", "shared");
const CRDS = join(SHARED, "crds");

function sayMissing(what: string): void {
  console.warn(`      SKIPPED: ${what} is missing, so nothing was checked against upstream`);
}

/** Text of a file from upstream; undefined, with a printed line, if this machine does not have it. */
export function upstream(path: string): unknown {
  const file = join(SHARED, path);
  if (existsSync(file)) return parse(readFileSync(file, "utf8")) as unknown;
  sayMissing(file);
  return undefined;
}

interface Definition {
  readonly spec?: { readonly group: string; readonly names: { readonly kind: string } };
}

/**
 * Validators of custom resources by `<group>/<version>` and kind, which refuse unknown fields; undefined, with a printed line, if
 * this machine does not have the CRDs.
 */
export function customResourceValidators(): ((apiVersion: string, kind: string) => ValidateFunction) | undefined {
  if (!existsSync(CRDS)) {
    sayMissing(CRDS);
    return undefined;
  }
  const texts = readdirSync(CRDS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  const made = new Map<string, ValidateFunction>();
  return (apiVersion, kind) => {
    const [group = "", version = ""] = apiVersion.split("/");
    const key = `${apiVersion} ${kind}`;
    let validate = made.get(key);
    if (validate === undefined) {
      // Parses only files that name the kind, because parsing all of them takes long.
      const definition = texts
        .filter((text) => text.includes(`kind: ${kind}\n`) && text.includes(`group: ${group}\n`))
        .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Definition | null))
        .find((each) => each?.spec?.group === group && each.spec.names.kind === kind);
      if (definition === undefined || definition === null) throw new Error(`no definition of ${key}`);
      validate = validator(schemaOf(definition, version));
      made.set(key, validate);
    }
    return validate;
  };
}
