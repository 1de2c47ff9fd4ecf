/**
 * Sentinels for values that are not known before the update, as the engine sends them (its `plugin/rpc.go`). The policy SDK
 * throws when a policy reads one, and then skips the policy with a notice. `Field` reads sentinels without throwing, so that
 * one unknown value does not disable a rule about the rest of a resource.
 */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN = new Set<unknown>([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  UNKNOWN_TEXT,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** A value inside a resource, and the path that leads to it. A child of an unknown value is unknown. */
export class Field {
  private constructor(
    /** The raw value; a sentinel when unknown. */
    readonly value: unknown,
    /** `spec.template.spec.containers[0].image` */
    readonly path: string,
  ) {}

  /** The top of a resource's properties. The SDK's proxy gives its target under this name. */
  static of(props: Record<string, unknown>): Field {
    return new Field(props.__isSpecialProxy === true ? props.__getSpecialProxyTarget : props, "");
  }

  /** A value that a rule computed; messages show it under the path it comes from. */
  static made(value: unknown, path: string): Field {
    return new Field(value, path);
  }

  at(...keys: readonly (string | number)[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  private child(key: string | number): Field {
    const { value } = this;
    const child = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return new Field(this.unknown ? value : child, join(this.path, key));
  }

  /** `at` for a path in one string. Its keys contain no dots. */
  get(path: string): Field {
    return this.at(...path.split("."));
  }

  get unknown(): boolean {
    return typeof this.value === "string" && UNKNOWN.has(this.value);
  }

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** Neither absent nor unknown. */
  get present(): boolean {
    return !this.absent && !this.unknown;
  }

  /** The text of a known string, or of a number, because Kubernetes accepts numbers for many strings. */
  get text(): string | undefined {
    if (typeof this.value === "number") return String(this.value);
    return typeof this.value === "string" && !this.unknown ? this.value : undefined;
  }

  get number(): number | undefined {
    const number = typeof this.value === "string" && this.value.trim() !== "" ? Number(this.value) : this.value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  }

  is(value: boolean | string): boolean {
    return this.value === value;
  }

  /** Elements of a list; empty for any other value. */
  get items(): Field[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : [];
  }

  /** Entries of a map; empty for any other value. */
  get entries(): [string, Field][] {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [key, this.at(key)]);
  }

  /** The last step of the path: `image`, `spark.driver.port` of `conf["spark.driver.port"]`. */
  get leaf(): string {
    const quoted = /\["([^"]*)"\]$/.exec(this.path)?.[1];
    return quoted ?? this.path.slice(Math.max(this.path.lastIndexOf("."), this.path.lastIndexOf("[")) + 1);
  }

  /** The first of this field and the others that is not absent, or this one. */
  or(...others: readonly Field[]): Field {
    return [this, ...others].find((field) => !field.absent) ?? this;
  }

  /** Every value below that is neither a list nor a map. */
  *leaves(): Generator<Field> {
    const inner = [...this.items, ...this.entries.map(([, entry]) => entry)];
    if (inner.length === 0) yield this;
    for (const field of inner) yield* field.leaves();
  }

  /** Every string below, with the key that it stands under. */
  *strings(key = ""): Generator<{ readonly key: string; readonly field: Field }> {
    if (this.text !== undefined) yield { key, field: this };
    for (const item of this.items) yield* item.strings(key);
    for (const [name, entry] of this.entries) yield* entry.strings(name);
  }
}

function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${String(key)}]`;
  const step = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? key : `["${key}"]`;
  return path === "" || step.startsWith("[") ? path + step : `${path}.${step}`;
}
