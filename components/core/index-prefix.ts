const PREFIX = /^[a-z][a-z0-9_.-]*[-_.]$/;

/**
 * The prefix of names of indices that a client asks for.
 * @throws Error for one that would give the client access to indices of others
 */
export function indexPrefix(service: string, prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new Error(
    `${service} asks for indices that begin with "${prefix}"; allowed: lower-case letters, digits, '-', '_' and '.', beginning with a letter, ended by '-', '_' or '.'`,
  );
}
