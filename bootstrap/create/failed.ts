/** A step that failed with valid input: one line, exit code 1. */
export class Failed extends Error {
  override readonly name = "Failed";

  /** @param again whether a repeated command may go on */
  constructor(
    message: string,
    readonly again = true,
  ) {
    super(message);
  }
}
