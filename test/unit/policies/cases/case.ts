import type { Edit } from "../edit";

/** One field that a policy is about, in a stack that it passes. */
export interface FieldCase {
  /** The resource with the field: `Deployment front/web`. */
  readonly what: string;
  readonly path: string | readonly (string | number)[];
  /** A value that breaks the policy. */
  readonly wrong: unknown;
  /** What the policy makes of a resource in which nothing stands there. */
  readonly absent: "refused" | "accepted";
  /**
   * What it makes of the broken field in a resource of another kind: `ignored`, because it is none of its business, or
   * `missed`, where the policy asks for a resource that is then not there.
   * @default ignored
   */
  readonly otherKind?: "ignored" | "missed";
  /** The name of the resource that is blamed. @default the one with the field */
  readonly blamed?: string;
  /** What the compliant stack needs besides. @default nothing */
  readonly given?: readonly Edit[];
  readonly config?: object;
}

export type FieldCases = Readonly<Record<string, FieldCase>>;

export const WEB = "Deployment front/web";
