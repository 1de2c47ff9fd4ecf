import { deepEqual, equal, match, throws } from "node:assert/strict";

import { gateway as schema } from "../../components/cluster/gateway";
import { opened, routeOf } from "../../components/core/door";
import * as routes from "../../components/doors/routes";
import { stackFacts } from "../../components/facts";
import { serverCertificate as catalogCertificate } from "../../components/catalog/hive-metastore/config";
import { serverCertificate as minioCertificate } from "../../components/storage/minio/config";
import { behind, serverCertificate } from "../../components/query/trino/config";
import { settingsFrom } from "../../components/settings";
import { newKeys } from "../../components/settings/moved";
import { whoPasses } from "../../planner/report/doors";
import { ONE } from "../support/ca";

const GATEWAY = { namespace: "edge", class: "edge", proxies: { labels: { app: "proxy" } } };
const CLUSTER = { certManager: true, issuer: "lab", caBundle: ONE };
const BASE = {
  preset: "dev",
  nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
  pools: { all: { default: true } },
  storage: { objects: { kind: "minio", admin: { host: "s3.example.org", port: 443 } } },
};
const stack = (doors: object, gateway: object = { ...GATEWAY, mode: "existing" }, more: object = {}) => ({
  ...BASE,
  cluster: { ...CLUSTER, gateway },
  doors,
  ...more,
});
function mistakes(settings: object): string {
  try {
    settingsFrom(settings as Parameters<typeof settingsFrom>[0]);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("doors to the outside", () => {
  it("are none by default, and open by a host of their own where people sign in", () => {
    deepEqual(settingsFrom(BASE).doors, {});
    equal(mistakes(stack({ minio: { host: "s3.example.org" }, postgres: { url: "https://db.example.org" } })), "");
    match(mistakes(stack({ mino: { host: "s3.example.org" } })), /doors.mino: given mino, no door.*minio/);
    match(mistakes(stack({ minio: {} })), /doors.minio: given neither host nor url/);
    match(mistakes(stack({ minio: { host: "localhost" } })), /doors.minio.host: .*a name with a dot/);
    const twice = { minio: { host: "x.example.org" }, trino: { host: "x.example.org", anyone: true } };
    match(mistakes(stack(twice)), /doors.trino.host: given x.example.org, which is that of minio/);
  });

  it("are refused where nobody signs in, unless that is what the settings say", () => {
    match(
      mistakes(stack({ trino: { host: "t.example.org" } })),
      /doors.trino.host: given, but nobody signs in at trino/,
    );
    equal(mistakes(stack({ trino: { host: "t.example.org", anyone: true } })), "");
    const access = { access: { signIn: "password" } };
    equal(mistakes(stack({ trino: { host: "t.example.org" } }, undefined, access)), "");
  });

  it("are refused for protocols without names of hosts, and for what an Ingress does not know", () => {
    match(mistakes(stack({ postgres: { host: "db.example.org" } })), /given for postgresql, which has no names/);
    const ingress = { ...GATEWAY, mode: "ingress", proxies: { namespace: "edge", labels: { app: "proxy" } } };
    const signedIn = { access: { signIn: "password" } };
    match(mistakes(stack({ trino: { host: "t.example.org" } }, ingress, signedIn)), /gateway.tlsAnnotations/);
    const listener = { ...GATEWAY, mode: "existing", listener: "https" };
    match(mistakes(stack({ trino: { host: "t.example.org" } }, listener, signedIn)), /which a listener for HTTPS ends/);
  });

  it("need a gateway that the settings describe", () => {
    const minio = { minio: { host: "s3.example.org" } };
    match(mistakes(stack(minio, {})), /gateway.mode: given off, but doors have a host/);
    match(
      mistakes(stack(minio, { mode: "deployed" })),
      /gateway.class: not given[^]*gateway.namespace: not given[^]*gateway.proxies: given neither/,
    );
    match(
      mistakes(stack(minio, { ...GATEWAY, mode: "existing", ranges: ["192.0.2.0/24"] })),
      /gateway.ranges: given with the mode existing/,
    );
    const without = { ...stack(minio), cluster: { gateway: { ...GATEWAY, mode: "deployed" } } };
    match(mistakes(without), /whose doors need certificates; allowed: cert-manager/);
    equal(mistakes({ ...without, cluster: { gateway: { ...GATEWAY, mode: "existing", listener: "https" } } }), "");
  });

  it("let clients of other namespaces in by name, each once, and none of the stack's own", () => {
    const one = { namespace: "reports", labels: { app: "web" }, to: "postgres" };
    equal(mistakes({ ...BASE, allow: [one, { ...one, to: "minio" }] }), "");
    match(mistakes({ ...BASE, allow: [one, { ...one, labels: { app: "x" } }] }), /given reports twice for postgres/);
    match(mistakes({ ...BASE, allow: [{ ...one, to: "postgress" }] }), /allow\[0\].to: given postgress, no door/);
    match(mistakes({ ...BASE, allow: [{ ...one, namespace: "lakehouse-query" }] }), /which is the stack's own/);
  });

  it("are where the keys of the release before said, with a hint", () => {
    const { settings, hints } = newKeys({
      catalog: {
        identity: {
          mode: "deployed",
          url: "https://id.example.org",
          clients: { trino: { url: "https://t.example.org", id: "t" } },
        },
      },
      orchestration: { airflow: { url: "https://a.example.org/x" } },
      observability: { grafana: { url: "https://old.example.org" } },
      doors: { grafana: { url: "https://g.example.org" } },
    });
    deepEqual(settings.doors, {
      grafana: { url: "https://g.example.org" },
      keycloak: { url: "https://id.example.org" },
      trino: { url: "https://t.example.org" },
      airflow: { url: "https://a.example.org/x" },
    });
    deepEqual(settings.catalog, { identity: { mode: "deployed", clients: { trino: { id: "t" } } } });
    deepEqual(settings.observability, { grafana: {} });
    equal(hints.length, 4);
    match(hints.join("\n"), /catalog.identity.clients.trino.url is renamed to lakehouse:doors.trino.url; the old key/);
  });

  it("tell programs their URL, and what is in front of them", () => {
    const at = (doors: object, gateway?: object) => {
      const facts = stackFacts(settingsFrom(stack(doors, gateway)));
      return (name: string) => facts.door(name);
    };
    const door = at({ minio: { host: "s3.example.org" }, airflow: { url: "https://a.example.org/x/" } });
    deepEqual(door("minio"), { url: "https://s3.example.org", host: "s3.example.org", by: "gateway" });
    deepEqual(door("airflow"), { url: "https://a.example.org/x", host: "a.example.org", by: "elsewhere" });
    equal(door("trino"), undefined);
    deepEqual(opened({ a: 1 }, door("airflow")), { a: 1, url: "https://a.example.org/x" });
    deepEqual(opened({ a: 1 }, undefined), { a: 1 });
  });

  it("have Trino believe the headers of what ends TLS, and of nothing else", () => {
    const by = (way: "gateway" | "ingress" | "elsewhere") => [
      { url: "https://t.example.org", host: "t.example.org", by: way },
    ];
    const forwarded = { "http-server.process-forwarded": true };
    deepEqual(behind([], false), {});
    deepEqual(behind(by("gateway"), false), forwarded);
    deepEqual(behind(by("gateway"), true), {});
    deepEqual(behind(by("elsewhere"), true), forwarded);
    deepEqual(serverCertificate("trino.x.svc", ["t.example.org"]).dnsNames, [
      "trino.x.svc",
      "localhost",
      "t.example.org",
    ]);
  });
});

describe("certificates of programs that speak TLS themselves", () => {
  it("are of the door's host too", () => {
    const store = minioCertificate({ headless: "nodes", namespace: "ns" }, ["192.0.2.1", "s3.example.org"]);
    deepEqual(store.dnsNames, ["minio.ns.svc", "*.nodes.ns.svc", "s3.example.org"]);
    const catalog = catalogCertificate(["hive-metastore.ns.svc", "catalog.example.org"], "keystore");
    deepEqual(catalog.dnsNames, ["hive-metastore.ns.svc", "catalog.example.org"]);
    equal(catalog.commonName, "hive-metastore.ns.svc");
  });
});

describe("routes to doors", () => {
  const door = (more: object = {}): routes.HostedDoor => ({
    name: "trino",
    kind: "sql",
    namespace: "lakehouse-query",
    service: "trino",
    port: 8080,
    signIn: undefined,
    host: "t.example.org",
    ...more,
  });
  const settings = (mode: string, more: object = {}) => schema.parse({ ...GATEWAY, mode, ...more });

  it("keep TLS of programs that speak it, and end it before others", () => {
    equal(routeOf({ kind: "web", scheme: "https" }), "tls");
    equal(routeOf({ kind: "s3" }), "http");
    equal(routeOf({ kind: "spark-connect", scheme: "sc" }), "grpc");
    equal(routeOf({ kind: "kafka", scheme: "kafka" }), undefined);
    throws(() => routes.gatewayRoute(door({ kind: "kafka" }), settings("existing")), /trino has no route: kafka/);
  });

  it("bring a listener with a certificate to a Gateway of the cluster, or take its owner's", () => {
    const own = settings("existing");
    const { spec } = routes.listenerSetOf(door(), own) as { spec: { listeners: { protocol: string; tls: object }[] } };
    deepEqual(
      [spec.listeners[0]?.protocol, spec.listeners[0]?.tls],
      ["HTTPS", { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "door-trino" }] }],
    );
    equal(routes.certificateOf(door(), own)?.namespace, "lakehouse-query");
    const secure = door({ scheme: "https", port: 8443 });
    equal(routes.certificateOf(secure, own), undefined);
    match(JSON.stringify(routes.listenerSetOf(secure, own)), /"protocol":"TLS","tls":\{"mode":"Passthrough"\}/);
    const owners = settings("existing", { listener: "https" });
    equal(routes.certificateOf(door(), owners), undefined);
    match(
      JSON.stringify(routes.gatewayRoute(door(), owners)),
      /"kind":"Gateway","name":"lakehouse","namespace":"edge","sectionName":"https"/,
    );
  });

  it("are listeners of the stack's own Gateway, which only the door's namespace may use", () => {
    const own = settings("deployed", { ranges: ["192.0.2.0/24", "198.51.100.0/24"] });
    const made = JSON.stringify(routes.gatewayOf([door()], own));
    match(made, /"kubernetes.io\/metadata.name":"lakehouse-query"/);
    match(made, /load-balancer-source-ranges":"192.0.2.0\/24,198.51.100.0\/24"/);
    equal(routes.certificateOf(door(), own)?.namespace, "edge");
  });

  it("are Ingresses with their certificate, and with the class's annotation where pods speak TLS", () => {
    const own = settings("ingress", { annotations: { "a/b": "c" }, tlsAnnotations: { "x/y": "HTTPS" } });
    const { spec, annotations } = routes.ingressOf(door({ scheme: "https" }), own);
    deepEqual(spec.tls, [{ hosts: ["t.example.org"], secretName: "door-trino" }]);
    equal(annotations["x/y"], "HTTPS");
    equal(routes.ingressOf(door(), own).annotations["x/y"], undefined);
    equal(routes.certificateOf(door({ scheme: "https" }), own)?.secretName, "door-trino");
  });
});

describe("the plan's list of doors", () => {
  const door = { name: "trino", kind: "sql", url: "http://trino:8080", open: "kubectl" };
  it("says who may pass", () => {
    equal(whoPasses({ ...door, signIn: null }), "not open; NOBODY SIGNS IN");
    equal(
      whoPasses({ ...door, outside: "https://t.example.org", clients: ["reports/app=web"], signIn: "people" }),
      "from outside at https://t.example.org, pods of reports/app=web; signs in: people",
    );
  });
});
