import type { z } from "zod";

import { SIGN_IN_CLIENTS } from "../../core/identity";
import { maybe, system } from "../../core/system";
import { image } from "../../core/uses";
import { PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { keycloakPods, SERVER, SERVICE } from "./pods";
import { check, identity as settings, type IdentitySettings, withDoors } from "./settings";

const source = { service: SERVICE, setting: "lakehouse:catalog.identity.mode", instead: "existing or off" };

const deployed = ({ mode }: Pick<IdentitySettings, "mode">) => mode === "deployed";

const production = (replicas: number, cpu: number, memory: string) => ({ server: { replicas, cpu, memory } });

/** Who signs in, and what with. */
function notes(own: z.output<typeof settings>): string[] {
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
  example: { issuer: "https://login.example.org", cidrs: ["192.0.2.0/24"] },
  exampleDoors: { keycloak: "https://id.example.org" },
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
  moved: [
    { key: "url", to: "lakehouse:doors.keycloak.url" },
    ...SIGN_IN_CLIENTS.map((name) => ({ key: `clients.${name}.url`, to: `lakehouse:doors.${name}.url` })),
  ],
  check,
  pins,
  uses: (own) => (deployed(own) ? [image(pins.keycloak, source), image(pins.python, source)] : []),
  clients: [SERVICE],
  needs: { database: maybe("database") },
  gives: ["identity"],
  pods: ({ platform, settings: own }) => (deployed(own) ? keycloakPods(platform, own) : []),
  notes,
  monitoring: () => ({ [SERVICE]: monitoring }),
  doors: ({ platform, settings: own }) => [
    {
      name: SERVICE,
      kind: "web",
      namespace: platform.namespace("identity"),
      service: SERVICE,
      port: PORT,
      scheme: "https",
      health: "/realms/lakehouse/.well-known/openid-configuration",
      signIn: "people of lakehouse:access by password, and its administrator",
      pods: { role: SERVER },
      there: deployed(own),
    },
  ],
  compose: { cannot: "cert-manager makes the certificate that browsers and services trust it by" },
  create: ({ database, grants, ...args }, opts) => {
    const own = withDoors(args.settings, (name) => args.stack.door(name));
    if (!deployed(own)) {
      const { ExistingIssuer } = require("./existing") as typeof import("./existing");
      return { services: [], identity: new ExistingIssuer(own) };
    }
    if (database === undefined) throw new Error("Keycloak has no database");
    const { Keycloak } = require("./keycloak") as typeof import("./keycloak");
    const keycloak = new Keycloak(SERVICE, { ...args, settings: own, database, described: grants }, opts);
    return { services: [keycloak], identity: keycloak };
  },
});
