import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ContainerArgs } from "../../core/pod";
import type { ClientAccess, IdentityProvider } from "../../core/identity";
import { json } from "../../core/render";
import { HOME_DIRECTORY, NOTEBOOK_PORT, type Spawning } from "./spawner";
import type { JupyterhubSettings } from "./settings";

/** What hub and proxy are told, as pure functions of sizes and addresses. Secrets are variables and files of their own. */

export const HUB_PORT = 8081;
/** Where people come in. */
export const PROXY_PORT = 8000;
/** Where the hub tells the proxy its routes. */
export const ROUTES_PORT = 8001;
export const PROXY_METRICS_PORT = 8002;

/** User of upstream's image of the hub (`NB_UID`). */
export const HUB_USER = 1000;
/** User of upstream's image of the proxy: nobody. */
export const PROXY_USER = 65_534;

export const DIRECTORY = "/etc/lakehouse/jupyterhub";
export const PROGRAM = "jupyterhub_config.py";
/** Reads the program, and signs people in by an issuer. */
export const SIGN_IN_PROGRAM = "sign_in.py";
/** Where browsers come back to from the issuer. */
export const REDIRECT_PATH = "/hub/oauth_callback";
/** Variable with the secret of the hub as the issuer's client. */
export const CLIENT_SECRET = "LAKEHOUSE_CLIENT_SECRET";
export const PASSWORDS_DIRECTORY = "/etc/lakehouse/people";
export const PASSWORDS_FILE = "people.json";

/** Variables with secrets, by their keys in the Secret of a generation. */
export const TOKENS = {
  cookies: "LAKEHOUSE_COOKIE_SECRET",
  routes: "CONFIGPROXY_AUTH_TOKEN",
  metrics: "LAKEHOUSE_METRICS_TOKEN",
} as const;
/** Token of the generation before, as long as that is valid. */
export const METRICS_BEFORE = `${TOKENS.metrics}_BEFORE`;

/** Seconds between two looks for notebooks that do nothing, and between two updates of what the hub knows of them. */
const LOOKS = { every: 300, activity: 60 } as const;
/** Seconds after which the hub asks again whether somebody may still be signed in. */
const ASKED_AGAIN = 60;
/** Days after which people sign in again. */
const SIGNED_IN_DAYS = 7;
/** Pods that are made at the same time. */
const STARTS = 10;
/** Seconds in which a pod must run: its image may have to be pulled first. */
const START_SECONDS = 600;

export interface Addresses {
  /** `http://jupyterhub-hub.lakehouse-hub.svc:8081` */
  readonly hub: string;
  /** `http://jupyterhub.lakehouse-hub.svc:8001` */
  readonly routes: string;
  readonly database: { readonly host: string; readonly port: number; readonly database: string };
}

/** Files of the hub: the program, and what it is told. */
export function hubFiles(settings: JupyterhubSettings, spawning: Spawning, at: Addresses): Record<string, string> {
  const { host, port, database } = at.database;
  return {
    [PROGRAM]: readFileSync(join(__dirname, "programs", PROGRAM), "utf8"),
    "hub.json": json({
      config: {
        JupyterHub: {
          bind_url: `http://:${String(PROXY_PORT)}`,
          hub_bind_url: `http://:${String(HUB_PORT)}`,
          hub_connect_url: at.hub,
          // User and password are variables that libpq reads.
          db_url: `postgresql+psycopg2://${host}:${String(port)}/${database}`,
          upgrade_db: true,
          spawner_class: "kubespawner.KubeSpawner",
          // Notebooks go on while the hub is away.
          cleanup_servers: false,
          cleanup_proxy: false,
          allow_named_servers: false,
          active_server_limit: Object.values(spawning.profiles).reduce((sum, { most }) => sum + most, 0),
          concurrent_spawn_limit: STARTS,
          authenticate_prometheus: true,
          cookie_max_age_days: SIGNED_IN_DAYS,
          last_activity_interval: LOOKS.activity,
        },
        ConfigurableHTTPProxy: { should_start: false, api_url: at.routes },
        Authenticator: { auth_refresh_age: ASKED_AGAIN, refresh_pre_spawn: true },
        Spawner: { start_timeout: START_SECONDS, http_timeout: 120, default_url: "/lab" },
        KubeSpawner: {
          namespace: spawning.namespace,
          image: spawning.image,
          cmd: ["jupyterhub-singleuser"],
          port: NOTEBOOK_PORT,
          // Homes are the stack's: the hub makes none and deletes none.
          storage_pvc_ensure: false,
          delete_pvc: false,
        },
      },
      home: HOME_DIRECTORY,
      profiles: spawning.profiles,
      people: spawning.people,
      passwords: `${PASSWORDS_DIRECTORY}/${PASSWORDS_FILE}`,
      culling: {
        url: `http://127.0.0.1:${String(HUB_PORT)}/hub/api`,
        every: LOOKS.every,
        idle: settings.idleMinutes * 60,
      },
    }),
  };
}

type Issuer = Pick<IdentityProvider, "issuer" | "configuration" | "endpoints" | "userClaim">;

/** Files more, where people sign in by an issuer. What browsers alone open has keys that say so: policies see that no pod connects there. */
export const signInFiles = (
  { issuer, configuration, endpoints, userClaim }: Issuer,
  { id, url }: Pick<ClientAccess, "id" | "url">,
): Record<string, string> => ({
  [SIGN_IN_PROGRAM]: readFileSync(join(__dirname, "programs", SIGN_IN_PROGRAM), "utf8"),
  "sign-in.json": json({
    ...(endpoints === undefined
      ? { issuer, configuration }
      : {
          "browser-sign-in": endpoints.authorization,
          "browser-sign-out": endpoints.endSession,
          "exchange": endpoints.token,
          "person": endpoints.userinfo,
        }),
    "client": id,
    "claim": userClaim,
    "browser-redirect": `${url}${REDIRECT_PATH}`,
    "browser-home": `${url}/hub/`,
  }),
});

/** The hub's container, without its variables. @param program that it reads */
export const hubContainer = (image: string, program = PROGRAM): ContainerArgs => ({
  name: "hub",
  image,
  args: ["jupyterhub", "--config", `${DIRECTORY}/${program}`],
  ports: { http: HUB_PORT },
  // A first start makes the tables, and a start asks for every notebook that runs.
  startupProbe: { ...asked("/hub/health"), periodSeconds: 5, failureThreshold: 60 },
  readinessProbe: { ...asked("/hub/health"), periodSeconds: 5 },
  livenessProbe: { ...asked("/hub/health"), periodSeconds: 15, failureThreshold: 8 },
});

/** The proxy's container, without its variables. Its routes are in memory: the hub tells them again. */
export const proxyContainer = (image: string, hub: string): ContainerArgs => ({
  name: "proxy",
  image,
  args: [
    "--ip=0.0.0.0",
    `--port=${String(PROXY_PORT)}`,
    "--api-ip=0.0.0.0",
    `--api-port=${String(ROUTES_PORT)}`,
    "--metrics-ip=0.0.0.0",
    `--metrics-port=${String(PROXY_METRICS_PORT)}`,
    `--default-target=${hub}`,
    `--error-target=${hub}/hub/error`,
  ],
  ports: { http: PROXY_PORT, routes: ROUTES_PORT, metrics: PROXY_METRICS_PORT },
  startupProbe: { ...asked("/_chp_healthz"), periodSeconds: 2, failureThreshold: 30 },
  readinessProbe: { ...asked("/_chp_healthz"), periodSeconds: 5 },
  livenessProbe: { ...asked("/_chp_healthz"), periodSeconds: 15, failureThreshold: 4 },
});

const asked = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });

/** Rights of the hub in the namespace of notebooks: it makes pods of the templates, deletes them, and watches them and their events. */
export const HUB_RULES = [
  { apiGroups: [""], resources: ["podtemplates"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
];
