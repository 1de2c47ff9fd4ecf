import type { Rule } from "../rule";

const PATH = "lakehouse:catalog.identity";

/** What a Keycloak of the stack's own needs, and an existing issuer does not. */
export const ownIdentity: Rule = function* ({ catalog: { identity }, compute, cluster, access }) {
  if (identity.mode !== "deployed") return;
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
