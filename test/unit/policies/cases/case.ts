import type { Edit } from "../edit";

/** One field of a policy, in a compliant stack. */
export interface FieldCase {
  /** The resource with the field: `Deployment front/web`. */
  readonly what: string;
  readonly path: string | readonly (string | number)[];
  /** A value that violates the policy. */
  readonly wrong: unknown;
  /** The policy's verdict on a resource without the field. */
  readonly absent: "refused" | "accepted";
  /**
   * Its verdict on the wrong field in a resource of another kind: `ignored`, because the policy does not apply, or `missed`, if
   * the policy requires the resource that is then missing.
   * @default ignored
   */
  readonly otherKind?: "ignored" | "missed";
  /** The name of the resource in the message. @default the one with the field */
  readonly blamed?: string;
  /** Additions to the compliant stack. @default none */
  readonly given?: readonly Edit[];
  readonly config?: object;
}

export type FieldCases = Readonly<Record<string, FieldCase>>;

export const WEB = "Deployment front/web";
