import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A generated password, kept encrypted in the stack's state. Letters and digits only: it stands in connection strings.
 * @param length characters; 40 letters and digits are more than 230 bits
 */
export function password(name: string, parent: pulumi.Resource | undefined, length = 40): pulumi.Output<string> {
  return new random.RandomPassword(name, { length, special: false }, { parent }).result;
}
