/**
 * Sentinels that stand for "not known before the update" on the wire (`plugin/rpc.go` of the engine). The policy SDK
 * throws when one is touched and then turns the whole policy into a remark; a cursor steps around it instead, so that
 * one unknown value does not switch off a rule about the rest of a resource.
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

  /** The top of a resource's properties. The SDK's proxy hands out what it guards under this name. */
  static of(props: Record<string, unknown>): Field {
    return new Field(props.__isSpecialProxy === true ? props.__getSpecialProxyTarget : props, "");
  }

  /** A value that rules work out themselves, shown under the path it comes from. */
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

  /** `at` for a path in one string, whose keys have no dots. */
  get(path: string): Field {
    return this.at(...path.split("."));
  }

  get unknown(): boolean {
    return typeof this.value === "string" && UNKNOWN.has(this.value);
  }

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** Known, and there. */
  get present(): boolean {
    return !this.absent && !this.unknown;
  }

  /** The text of a known string, or of a number, which Kubernetes takes in many places too. */
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

  /** Elements of a list; none when it is not one. */
  get items(): Field[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : [];
  }

  /** Entries of a map; none when it is not one. */
  get entries(): [string, Field][] {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [key, this.at(key)]);
  }

  /** The last step of the path: `image`. */
  get leaf(): string {
    return this.path.slice(Math.max(this.path.lastIndexOf("."), this.path.lastIndexOf("[")) + 1);
  }

  /** The first that is there (known or not), or this one. */
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
