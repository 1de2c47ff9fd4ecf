import { isObject } from "../../compare";
import { at, few, gained, type HarmRule, items, texts, word } from "./rule";

/** Changes after which somebody may do more: rights in Kubernetes, stores, databases and topics. */

const RIGHTS_OF_ALL = new Set(["create", "replace", "change"]);

/** `get secrets`, by rule of a Role. */
function rights(role: unknown): string[] {
  return items(at(role, "rules")).flatMap((rule) => {
    if (!isObject(rule)) return [];
    const groups = texts(rule.apiGroups).filter((group) => group !== "");
    const names = texts(rule.resourceNames);
    const things = [...texts(rule.resources).map((one) => [one, ...groups].join(".")), ...texts(rule.nonResourceURLs)];
    const only = names.length === 0 ? "" : ` ${names.join(", ")}`;
    return texts(rule.verbs).flatMap((verb) => things.map((thing) => `${verb} ${thing}${only}`));
  });
}

/** Rights that a new role is named for; others belong to what it is made for. */
const GREAT = /(^\* | \*|secrets|pods\/exec|pods\/attach|^(escalate|bind|impersonate) )/;

const roles: HarmRule = {
  severity: "access",
  kinds: ["Role", "ClusterRole"],
  *harms({ change: { action }, before, after }) {
    if (!RIGHTS_OF_ALL.has(action)) return;
    const more = gained(rights(before), rights(after)).filter((right) => action !== "create" || GREAT.test(right));
    if (more.length > 0) yield `allows more: ${few(more)}`;
  },
};

const bindings: HarmRule = {
  severity: "access",
  kinds: ["RoleBinding", "ClusterRoleBinding"],
  *harms({ change: { action, kind }, before, after }) {
    if (!RIGHTS_OF_ALL.has(action)) return;
    const role = String(at(after, "roleRef", "name"));
    const who = (of: unknown) =>
      items(at(of, "subjects")).map((one) => `${String(at(one, "kind"))} ${String(at(one, "name"))}`);
    const more = gained(who(before), who(after));
    const changed = action !== "create" && at(before, "roleRef", "name") !== role;
    if (changed) yield `gives the role ${role}, not ${String(at(before, "roleRef", "name"))}`;
    else if (more.length > 0 && (action !== "create" || kind === "ClusterRoleBinding" || role === "cluster-admin"))
      yield `gives the role ${role} to ${few(more)}`;
  },
};

/** `s3:PutObject on arn:aws:s3:::gold/*`, by statement of an IAM policy. */
function allowed(policy: unknown): string[] {
  const document: unknown = typeof policy === "string" ? parsed(policy) : policy;
  return items(at(document, "Statement")).flatMap((statement) => {
    if (at(statement, "Effect") !== "Allow") return [];
    const who = texts(at(statement, "Principal", "AWS"));
    const condition =
      at(statement, "Condition") === undefined ? "" : ` where ${JSON.stringify(at(statement, "Condition"))}`;
    const by = who.length === 0 ? [""] : who.map((one) => ` by ${one.replace(/^.*user\//, "")}`);
    return texts(at(statement, "Action")).flatMap((action) =>
      texts(at(statement, "Resource")).flatMap((resource) =>
        by.map((one) => `${action} on ${resource.replace(/^arn:aws:s3:::/, "")}${one}${condition}`),
      ),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const policies: HarmRule = {
  severity: "access",
  kinds: ["IamPolicy", "ObjectBucketClaim", "S3BucketPolicy"],
  *harms({ change: { action }, before, after }) {
    const of = (one: unknown) => allowed(at(one, "policy") ?? at(one, "spec", "additionalConfig", "bucketPolicy"));
    if (action === "delete") return;
    const all = gained(of(before), of(after));
    // A new user has rights; those on everything stand out.
    const more = action === "create" ? all.filter((right) => / on \*|^s3:\*|^\*| by \*/.test(right)) : all;
    if (more.length > 0) yield `allows more: ${few(more)}`;
  },
};

const acls: HarmRule = {
  severity: "access",
  kinds: ["KafkaUser"],
  *harms({ change: { action }, before, after }) {
    const of = (user: unknown) =>
      items(at(user, "spec", "authorization", "acls")).flatMap((acl) => {
        const { type, name, patternType } = (at(acl, "resource") ?? {}) as Readonly<Record<string, unknown>>;
        const where = `${String(type)} ${word(name, "")}${patternType === "prefix" ? "*" : ""}`;
        return texts(at(acl, "operations")).map((operation) => `${operation} ${where.trim()}`);
      });
    if (action !== "change" && action !== "replace") return;
    const more = gained(of(before), of(after));
    if (more.length > 0) yield `allows more: ${few(more)}`;
    if (at(before, "spec", "authorization") !== undefined && at(after, "spec", "authorization") === undefined)
      yield "has no list of rights any more";
  },
};

const grants: HarmRule = {
  severity: "access",
  kinds: ["Grant", "DefaultPrivileges"],
  *harms({ change: { action }, before, after }) {
    if (action !== "change" && action !== "replace") return;
    const of = (grant: unknown) => texts(at(grant, "privileges") ?? at(grant, "spec", "privileges"));
    const more = gained(of(before), of(after));
    if (more.length > 0)
      yield `allows ${String(at(after, "role") ?? at(after, "spec", "username"))} more: ${few(more)}`;
  },
};

const POWERS = ["superuser", "createDatabase", "createRole", "replication", "bypassRowLevelSecurity", "login"] as const;

const databaseRoles: HarmRule = {
  severity: "access",
  kinds: ["Role"],
  *harms({ change: { action }, before, after }) {
    const more = POWERS.filter((power) => at(after, power) === true && at(before, power) !== true);
    const great = action === "create" ? more.filter((power) => /superuser|createRole|bypass/.test(power)) : more;
    if (great.length > 0) yield `a database user with more rights: ${few(great)}`;
  },
};

/** Files in which engines keep who may do what. */
const RULE_FILES =
  /(access-control|rules|roles|users|acl|groups|resource-groups|password|policy|permissions)[\w.-]*\.(json|yml|yaml|properties|xml|db|conf|acl)/i;

const files: HarmRule = {
  severity: "access",
  kinds: ["ConfigMap"],
  *harms({ change: { fields } }) {
    const named = [...new Set(fields.flatMap(({ path }) => RULE_FILES.exec(path)?.[0] ?? []))];
    if (named.length > 0) yield `changes a file of rights: ${few(named)}`;
  },
};

export const accessRules: readonly HarmRule[] = [roles, bindings, policies, acls, grants, databaseRoles, files];
