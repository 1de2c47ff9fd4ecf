import { SIGN_IN_CLIENTS } from "../../core/identity";
import { stackFacts } from "../../facts";
import type { Rule } from "../rule";

const PATH = "lakehouse:catalog.identity";

const KEYCLOAK = "lakehouse:doors.keycloak";

/** What sign-in at an issuer needs, and what a Keycloak of the stack's own needs besides. */
export const ownIdentity: Rule = function* (settings) {
  const { catalog, compute, cluster, access } = settings;
  const { identity } = catalog;
  if (identity.mode === "off") return;
  const stack = stackFacts(settings);
  for (const name of SIGN_IN_CLIENTS)
    if (identity.clients[name] !== undefined && stack.door(name) === undefined)
      yield {
        path: `lakehouse:doors.${name}`,
        message: `not given with ${PATH}.clients.${name}; allowed: the host or the URL at which people open it, where browsers come back to`,
      };
  if (identity.mode !== "deployed") return;
  const own = stack.door("keycloak");
  if (own === undefined)
    yield {
      path: KEYCLOAK,
      message: `not given while ${PATH}.mode is deployed; allowed: the host or the URL by https at which browsers open it, such as { host: id.example.org }`,
    };
  else if (!/^https:\/\/[^/?#]+$/.test(own.url))
    yield {
      path: `${KEYCLOAK}.url`,
      message: `given ${own.url}; allowed: a URL by https without a path, since passwords go there and every token names it`,
    };
  if (!cluster.certManager || cluster.issuer === undefined)
    yield {
      path: `${PATH}.mode`,
      message:
        "given deployed, which needs TLS; allowed: cert-manager with lakehouse:cluster.certManager: true and lakehouse:cluster.issuer, whose certificate pods trust by cluster.caBundle, or existing or off",
    };
  if (!compute.jupyterhub.enabled || identity.clients.jupyterhub === undefined) return;
  for (const name of Object.keys(compute.jupyterhub.people))
    if (!Object.hasOwn(access.people, name))
      yield {
        path: `lakehouse:compute.jupyterhub.people.${name}`,
        message: `given ${name}, whom Keycloak does not know; allowed: people of lakehouse:access.people, while lakehouse:catalog.identity.clients.jupyterhub is given`,
      };
};
