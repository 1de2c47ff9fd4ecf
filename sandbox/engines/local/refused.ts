/** What a person may ask for that cannot be done: a readable line for each mistake, for the command line to print. */
export class Refused extends Error {
  override readonly name = "InputError";
}
