import { maybe, system } from "../../core/system";
import { image } from "../../core/uses";
import { PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { keycloakPods, SERVICE } from "./pods";
import { check, identity as settings, type IdentitySettings } from "./settings";

const source = { service: SERVICE, setting: "lakehouse:catalog.identity.mode", instead: "existing or off" };

const deployed = ({ mode }: IdentitySettings) => mode === "deployed";

const production = (replicas: number, cpu: number, memory: string) => ({ server: { replicas, cpu, memory } });

/** Who signs in, and what with. */
function notes(own: IdentitySettings): string[] {
  const names = Object.keys(own.clients);
  const where = names.length === 0 ? "nowhere yet (catalog.identity.clients)" : `at ${names.join(", ")}`;
  return deployed(own)
    ? [`people of lakehouse:access sign in ${where} by Keycloak; first passwords are the Secret ${SERVICE}-people`]
    : [`people sign in ${where} by ${own.issuer ?? ""}`];
}

/** Who signs people in. */
export const identity = system({
  summary: "Who signs people in, by OpenID Connect: Keycloak of the stack's own, or an existing issuer.",
  section: "catalog",
  key: "identity",
  settings,
  // Of both ways.
  example: { url: "https://id.example.org", issuer: "https://login.example.org", cidrs: ["192.0.2.0/24"] },
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "1Gi" }, connections: 10 },
    minimal: production(2, 0.5, "1536Mi"),
    medium: production(2, 1, "2Gi"),
    large: production(3, 2, "4Gi"),
  },
  // Half is heap; classes alone take 200 MiB.
  least: { server: 768 },
  switch: { key: "mode", value: "deployed" },
  on: ({ mode }) => mode !== "off",
  check,
  pins,
  uses: (own) => (deployed(own) ? [image(pins.keycloak, source), image(pins.python, source)] : []),
  clients: [SERVICE],
  needs: { database: maybe("database") },
  gives: ["identity"],
  pods: ({ platform, settings: own }) => (deployed(own) ? keycloakPods(platform, own) : []),
  notes,
  monitoring: () => ({ [SERVICE]: monitoring }),
  doors: ({ platform, settings: own }) =>
    deployed(own)
      ? [
          {
            name: SERVICE,
            kind: "web",
            namespace: platform.namespace("identity"),
            service: SERVICE,
            port: PORT,
            scheme: "https",
            health: "/realms/lakehouse/.well-known/openid-configuration",
          },
        ]
      : [],
  compose: { cannot: "cert-manager makes the certificate that browsers and services trust it by" },
  create: ({ database, grants, ...args }, opts) => {
    if (!deployed(args.settings)) {
      const { ExistingIssuer } = require("./existing") as typeof import("./existing");
      return { services: [], identity: new ExistingIssuer(args.settings) };
    }
    if (database === undefined) throw new Error("Keycloak has no database");
    const { Keycloak } = require("./keycloak") as typeof import("./keycloak");
    const keycloak = new Keycloak(SERVICE, { ...args, database, described: grants }, opts);
    return { services: [keycloak], identity: keycloak };
  },
});
