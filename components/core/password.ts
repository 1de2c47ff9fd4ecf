import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A generated password, kept encrypted in the stack's state. Letters and digits only: it stands in connection strings.
 * @param length characters; 40 letters and digits are more than 230 bits
 */
export function password(name: string, parent: pulumi.Resource | undefined, length = 40): pulumi.Output<string> {
  return hashedPassword(name, parent, length).value;
}

/** A generated password and its bcrypt hash, for servers that keep hashes. */
export interface HashedPassword {
  readonly value: pulumi.Output<string>;
  /** As `$2a$10$…`; stays the same as long as the password does. */
  readonly hash: pulumi.Output<string>;
}

/** As `password`, with its hash. bcrypt reads 72 characters at most. */
export function hashedPassword(name: string, parent: pulumi.Resource | undefined, length = 40): HashedPassword {
  const { result, bcryptHash } = new random.RandomPassword(name, { length, special: false }, { parent });
  return { value: result, hash: bcryptHash };
}
