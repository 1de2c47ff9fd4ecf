import { deepEqual, equal, match, ok } from "node:assert/strict";

import { endpoints, environment, issuerOf, startScript } from "../../../../components/catalog/identity/config";
import { keycloakPods } from "../../../../components/catalog/identity/pods";
import { clientOf, realmFile } from "../../../../components/catalog/identity/realm";
import { identity } from "../../../../components/catalog/identity/settings";
import { platform } from "../../../../components/cluster";
import { settingsFrom } from "../../../../components/settings";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";
import { Rendered } from "../../../../sandbox/engines/rendered";
import { ONE } from "../../../support/ca";

const BASE = {
  nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true, issuer: "lakehouse" },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
} as const;
const DEPLOYED = { mode: "deployed" };
const URLS = { keycloak: { url: "https://id.example.org" }, jupyterhub: { url: "https://hub.example.org" } };

/** Mistakes of settings of identity, beside others. */
function mistakes(own: object, more: object = {}): string {
  try {
    settingsFrom({ ...BASE, doors: URLS, catalog: { identity: own }, ...more });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("settings of the sign-in", () => {
  it("are off by default, and then nobody may be named", () => {
    equal(identity.parse(undefined).mode, "off");
    match(mistakes({}, { access: { people: { ada: {} } } }), /access.people: given, but nobody signs in/);
  });

  it("take a Keycloak of the stack's own, and an existing issuer", () => {
    equal(mistakes(DEPLOYED, { access: { people: { ada: {} } } }), "");
    const existing = { mode: "existing", issuer: "https://id.example.org/realms/company", cidrs: ["192.0.2.9/32"] };
    equal(mistakes({ ...existing, clients: { jupyterhub: { secret: "hub" } } }), "");
  });

  it("name what is missing, and what belongs to the other way", () => {
    match(mistakes(DEPLOYED, { doors: {} }), /doors.keycloak: not given while .*host or the URL by https/);
    const plain = { keycloak: { url: "http://id.example.org" } };
    match(mistakes(DEPLOYED, { doors: plain }), /doors.keycloak.url: given http:.*passwords go there/);
    match(mistakes({ mode: "existing" }), /identity.issuer: not given[^]*identity.cidrs: not given/);
    const existing = { mode: "existing", issuer: "https://id.example.org", cidrs: ["192.0.2.9/32"] };
    match(mistakes({ ...existing, clients: { jupyterhub: {} } }), /clients.jupyterhub.secret: not given/);
    match(
      mistakes({ ...DEPLOYED, clients: { jupyterhub: { secret: "hub" } } }),
      /clients.jupyterhub.secret: given hub; allowed: left out/,
    );
    const { keycloak } = URLS;
    const nowhere = { ...DEPLOYED, clients: { jupyterhub: {} } };
    match(mistakes(nowhere, { doors: { keycloak } }), /doors.jupyterhub: not given with .*browsers come back to/);
    match(mistakes(DEPLOYED, { cluster: { certManager: true } }), /identity.mode: given deployed, which needs TLS/);
  });

  it("refuse a person of JupyterHub whom Keycloak does not know", () => {
    const hub = { enabled: true, image: "registry.example.org/notebook:1", people: { ada: {}, grace: {} } };
    const own = { ...DEPLOYED, clients: { jupyterhub: {} } };
    const found = mistakes(own, { compute: { jupyterhub: hub }, access: { people: { ada: {} } } });
    match(found, /jupyterhub.people.grace: given grace, whom Keycloak does not know/);
    ok(!found.includes("people.ada"));
  });
});

describe("Keycloak's configuration", () => {
  const settings = (own: object) =>
    settingsFrom({ ...BASE, doors: URLS, catalog: { identity: { ...DEPLOYED, ...own } } });
  const env = (own: object) => {
    const all = settings(own);
    const [server] = keycloakPods(platform(all), all.catalog.identity);
    ok(server);
    return environment(server, all.catalog.identity, "jdbc:postgresql://db:5432/keycloak");
  };

  it("has half of the memory as heap, and shares its connections between replicas", () => {
    const one = env({ server: { memory: "2Gi" } });
    equal(one.JAVA_OPTS_KC_HEAP, "-Xms1024m -Xmx1024m");
    equal(one.KC_DB_POOL_MAX_SIZE, "20");
    equal(one.KC_CACHE, "local");
    const three = env({ server: { replicas: 3 } });
    equal(three.KC_DB_POOL_MAX_SIZE, "6");
    equal(three.KC_CACHE, "ispn");
  });

  it("names one issuer, without a / more, and takes nothing without TLS", () => {
    match(startScript({ url: "https://id.example.org/" }), / start --hostname=https:\/\/id\.example\.org$/);
    equal(env({}).KC_HTTP_ENABLED, "false");
    equal(env({}).KC_PROXY_HEADERS, undefined);
    equal(issuerOf("https://id.example.org/"), "https://id.example.org/realms/lakehouse");
    const { authorization, token } = endpoints(issuerOf("https://id.example.org"), "https://keycloak.ns.svc:8443");
    equal(authorization, "https://id.example.org/realms/lakehouse/protocol/openid-connect/auth");
    equal(token, "https://keycloak.ns.svc:8443/realms/lakehouse/protocol/openid-connect/token");
  });

  it("copies the program once, and starts the copy", () => {
    match(
      startScript({ url: "https://id.example.org" }),
      /^if \[ ! -e \/srv\/keycloak\/copied \]; then cp -R \/opt\/keycloak\/\. \/srv\/keycloak\//,
    );
  });

  it("has people with their groups once, and a client with its own addresses alone", () => {
    const people = { ada: { groups: ["b", "a", "b"], password: 1 } };
    const rights = { read: [], write: [], rows: [], masks: [] };
    const file = realmFile({ sessionHours: 2 }, { signIn: false, people, groups: { b: rights, a: rights } });
    deepEqual(file.people, { ada: { groups: ["a", "b"], password: 1 } });
    deepEqual(file.groups, ["a", "b"]);
    equal(file.realm.ssoSessionMaxLifespan, 7200);
    const client = clientOf({ id: "hub", secret: "s", url: "https://hub.example.org", redirectPaths: ["/back"] });
    deepEqual(client.redirectUris, ["https://hub.example.org/back"]);
    equal(client.directAccessGrantsEnabled, false);
    ok(!("defaultClientScopes" in client), "the realm's own, among them basic");
  });
});

describe("JupyterHub's sign-in", function () {
  this.timeout(60_000);
  const rendered = (own: object | undefined, more: Record<string, string> = {}) => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const over = (key: string, value: object) => ({
      [key]: JSON.stringify({ ...(JSON.parse(config.values[key] ?? "{}") as object), ...value }),
    });
    const hub = { enabled: true, image: "ghcr.io/example/notebook:1", people: { ada: {} } };
    const values = {
      ...config.values,
      ...over("lakehouse:compute", { jupyterhub: hub }),
      ...over("lakehouse:cluster", { certManager: true, issuer: "lakehouse", caBundle: ONE }),
      "lakehouse:doors": JSON.stringify(URLS),
      ...(own === undefined ? {} : over("lakehouse:catalog", { identity: own })),
      ...more,
    };
    return Rendered.of("dev", (name) => `secret of ${name}`, { ...config, values });
  };
  const hubOf = (of: Rendered) => of.container("Deployment", "jupyterhub-hub", "hub");

  it("is as it was where the settings name no client", async () => {
    const [without, other] = [
      await rendered(undefined),
      await rendered(DEPLOYED, { "lakehouse:access": JSON.stringify({ people: { ada: {} } }) }),
    ];
    deepEqual(hubOf(other), hubOf(without));
    deepEqual(other.configMap("jupyterhub-hub-config"), without.configMap("jupyterhub-hub-config"));
    deepEqual(Object.keys(without.configMap("jupyterhub-hub-config")).toSorted(), ["hub.json", "jupyterhub_config.py"]);
  });

  it("is by the issuer where they do, with a secret that is in no file", async () => {
    const clients = { jupyterhub: {} };
    const people = { "lakehouse:access": JSON.stringify({ people: { ada: {} } }) };
    const of = await rendered({ ...DEPLOYED, clients }, people);
    const told = JSON.parse(of.configMap("jupyterhub-hub-config")["sign-in.json"] ?? "{}") as Record<string, string>;
    equal(told["browser-redirect"], "https://hub.example.org/hub/oauth_callback");
    equal(told["browser-sign-in"], "https://id.example.org/realms/lakehouse/protocol/openid-connect/auth");
    equal(of.has("Secret", "jupyterhub-people"), false);
    const { LAKEHOUSE_CLIENT_SECRET: secret } = of.env(hubOf(of));
    equal(secret, "secret of jupyterhub-identity");
    const [client] = JSON.parse(of.secret("keycloak-clients", "clients.json")) as {
      clientId: string;
      secret: string;
    }[];
    deepEqual([client?.clientId, client?.secret], ["jupyterhub", secret]);
    ok(
      of.has("NetworkPolicy", "jupyterhub-hub-to-keycloak-egress") ||
        of.paths.some((path) => path.includes("jupyterhub-hub-to-keycloak")),
    );
  });

  it("asks an existing issuer by its own configuration, with the owner's secret", async () => {
    const of = await rendered({
      mode: "existing",
      issuer: "https://login.example.org/realms/company",
      cidrs: ["192.0.2.10/32"],
      userClaim: "uid",
      clients: { jupyterhub: { id: "our-hub", secret: "hub-sign-in" } },
    });
    const told = JSON.parse(of.configMap("jupyterhub-hub-config")["sign-in.json"] ?? "{}") as Record<string, unknown>;
    equal(told.configuration, "https://login.example.org/realms/company/.well-known/openid-configuration");
    deepEqual([told.client, told.claim, told["browser-sign-in"]], ["our-hub", "uid", undefined]);
    const secret = hubOf(of).env?.find(({ name }) => name === "LAKEHOUSE_CLIENT_SECRET")?.valueFrom?.secretKeyRef;
    deepEqual(secret, { name: "hub-sign-in", key: "clientSecret" });
    ok(!of.paths.some((path) => path.includes("keycloak")));
  });
});
