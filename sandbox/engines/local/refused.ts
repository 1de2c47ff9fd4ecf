/** A refused request of a user, with a readable line for each mistake. */
export class Refused extends Error {
  override readonly name = "InputError";
}
