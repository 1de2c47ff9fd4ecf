import { ofKind, type StackObject } from "../components/core/composition";
import type { EnvVar, KeyRef, Meta } from "./kubernetes";

interface Keyed {
  readonly metadata: Meta;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Values of ConfigMaps and Secrets by namespace, and the variables of `.env` that stand for generated passwords. */
export class Values {
  /** Variables of `.env` that were referred to. */
  readonly used = new Set<string>();
  private readonly configMaps: ReadonlyMap<string, Keyed>;
  private readonly secrets: ReadonlyMap<string, Keyed>;

  /** @param passwords values by their variables */
  constructor(
    objects: readonly StackObject[],
    private readonly passwords: ReadonlyMap<string, string>,
  ) {
    const byPlace = (kind: string) =>
      new Map(
        ofKind<Keyed>(objects, kind).map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one] as const),
      );
    this.configMaps = byPlace("ConfigMap");
    this.secrets = byPlace("Secret");
  }

  configMap(namespace: string, name: string): Readonly<Record<string, string>> {
    return found(this.configMaps, namespace, name).data ?? {};
  }

  secret(namespace: string, name: string): Readonly<Record<string, string>> {
    const { data, stringData } = found(this.secrets, namespace, name);
    return { ...data, ...stringData };
  }

  /**
   * The variables of a container. Kubernetes replaces `$(NAME)` by a variable before it.
   * @param fields values of the downward API by path, such as `metadata.name`
   */
  env(all: readonly EnvVar[], namespace: string, fields: Readonly<Record<string, string>>): Record<string, string> {
    const known: Record<string, string> = {};
    for (const { name, value, valueFrom } of all) {
      const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {};
      if (secretKeyRef !== undefined) known[name] = keyOf(this.secret(namespace, secretKeyRef.name), secretKeyRef);
      else if (configMapKeyRef !== undefined)
        known[name] = keyOf(this.configMap(namespace, configMapKeyRef.name), configMapKeyRef);
      else if (fieldRef !== undefined) known[name] = fields[fieldRef.fieldPath] ?? "";
      else known[name] = expanded(value ?? "", known);
    }
    return known;
  }

  /** A text as the file has it: `$` doubled, and a variable in place of each password. */
  text(text: string): string {
    let escaped = text.replaceAll("$", "$$$$");
    for (const [variable, password] of this.passwords) {
      if (!escaped.includes(password)) continue;
      this.used.add(variable);
      escaped = escaped.replaceAll(password, `\${${variable}}`);
    }
    return escaped;
  }

  /** Notes the variables of the passwords in a file, and tells whether there are any. */
  hasSecret(text: string): boolean {
    const inside = [...this.passwords].filter(([, password]) => text.includes(password));
    for (const [variable] of inside) this.used.add(variable);
    return inside.length > 0;
  }
}

function found(all: ReadonlyMap<string, Keyed>, namespace: string, name: string): Keyed {
  const one = all.get(`${namespace}/${name}`);
  if (one === undefined) throw new Error(`${namespace}/${name}: a pod refers to it, but the stack does not have it`);
  return one;
}

function keyOf(data: Readonly<Record<string, string>>, { name, key }: KeyRef): string {
  const value = data[key];
  if (value === undefined) throw new Error(`${name}: it has no key ${key}`);
  return value;
}

/** Kubernetes' own expansion; an unknown name stays. */
export const expanded = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string) => known[name] ?? whole);

/** `trino-s3` → `TRINO_S3_PASSWORD` */
export function variableOf(resource: string): string {
  const name = resource.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return /_(PASSWORD|SECRET|KEY)$/.test(name) ? name : `${name}_PASSWORD`;
}
