import { InputError } from "./input-error";

/** Pulumi's rule for every backend: `ValidateStackName` in pulumi/pulumi `pkg/backend/diy/backend.go`. */
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const ALLOWED = "1 to 100 letters, digits, hyphens, underscores and periods";

/**
 * Checks a stack's name, which becomes a part of file and folder names.
 * @throws InputError also for `.` and `..`, which Pulumi's rule allows
 */
export function checkStackName(name: string): void {
  if (STACK_NAME.test(name) && !/^\.{1,2}$/.test(name)) return;
  throw new InputError([`--stack: given ${JSON.stringify(name)}; allowed: ${ALLOWED}`]);
}
