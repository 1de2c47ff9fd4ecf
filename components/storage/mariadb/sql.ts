import { ofKind, type StackObject } from "../../core/composition";
import type { SecretKey } from "../../core/stand-in";

/** SQL of the operator's databases, users and grants, for places without the operator. It may run again: what is there stays. */

interface Database {
  readonly name: string;
  readonly characterSet: string;
  readonly collate: string;
}
export interface User {
  readonly name: string;
  readonly maxUserConnections: number;
  readonly passwordSecretKeyRef: SecretKey;
}
interface Grant {
  readonly database: string;
  readonly table: string;
  readonly privileges: readonly string[];
  readonly username: string;
}

const name = (text: string) => (text === "*" ? text : `\`${text.replaceAll("`", "``")}\``);
export const literal = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** Users of the operator's resources. */
export const users = (objects: readonly StackObject[]): User[] =>
  ofKind<{ readonly spec: User }>(objects, "User").map(({ spec }) => spec);

/** @param password how a user's password stands in a statement */
export function statements(objects: readonly StackObject[], password: (user: User) => string): string[] {
  const all = <Spec>(kind: string) => ofKind<{ readonly spec: Spec }>(objects, kind).map(({ spec }) => spec);
  const signIn = (user: User) =>
    `${literal(user.name)}@'%' identified by ${password(user)} with max_user_connections ${String(user.maxUserConnections)}`;
  return [
    ...all<Database>("Database").map(
      (each) =>
        `create database if not exists ${name(each.name)} character set ${each.characterSet} collate ${each.collate}`,
    ),
    ...users(objects).flatMap((user) => [`create user if not exists ${signIn(user)}`, `alter user ${signIn(user)}`]),
    ...all<Grant>("Grant").map(
      ({ database, table, privileges, username }) =>
        `grant ${privileges.join(", ")} on ${name(database)}.${name(table)} to ${literal(username)}@'%'`,
    ),
  ];
}
