import assert from "node:assert/strict";

import { connectionRequirePolicies } from "../../../policies/connections";
import { outsideIn } from "../../../policies/network/outside";
import { type Json, named, networkPolicy } from "./builders";
import { add, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const places = (text: string) =>
  outsideIn(text, (host) => !host.includes(".") || host.endsWith(".svc")).map(
    ({ host, port }) => `${host} ${String(port)}`,
  );

describe("URLs of places outside of the cluster", () => {
  const found: readonly [string, readonly string[]][] = [
    ["repository=http://repo.lan:8081/maven", ["repo.lan 8081"]],
    ["oauth2.oidc.discovery=true\noauth2.issuer=https://id.example.org/realms/a", ["id.example.org 443"]],
    ["https://user:pass@mirror.example.org/x", ["mirror.example.org 443"]],
    ['{"url":"http://192.168.1.10:9000"}', ["192.168.1.10 9000"]],
    ["jdbc:postgresql://db.example.org/shop?ssl=true", ["db.example.org 5432"]],
    ["<value>thrift://metastore.example.org:9083</value>", ["metastore.example.org 9083"]],
    [
      '{"jwk_url":"https://keys.example.org:8443/jwks","issuer":"https://login.example.org"}',
      ["keys.example.org 8443"],
    ],
    ['{"issuer":"https://login.example.org"}', ["login.example.org 443"]],
    [
      "a=http://[2001:db8::7]:9000/ b=http://one.example.org,https://one.example.org",
      ["2001:db8::7 9000", "one.example.org 80", "one.example.org 443"],
    ],
  ];
  for (const [text, all] of found) {
    it(`are found in ${text}`, () => {
      assert.deepEqual(places(text), all);
    });
  }

  for (const text of [
    "s3://bucket.with.dots/key",
    "http://api.back.svc:80",
    "http://localhost:8080 http://127.0.0.1:9000 http://[::1]:1 http://0.0.0.0:80",
    "# see https://docs.example.org",
    "<!-- https://docs.example.org -->",
    'xmlns="http://www.w3.org/1999/xhtml" "$schema": "https://json-schema.org/draft/2020-12/schema"',
    "https://$HOST/x http://repo.${DOMAIN}/x https://{{ host }}/",
    "--cors-domain=https://app.example.org,http://other.example.org:3000",
    "oauth2.issuer=https://id.example.org/realms/a\noauth2.oidc.discovery=false",
    "x.oauth2.auth-url=https://id.example.org/auth\nx.oauth2.end-session-url=https://id.example.org/out",
    "file:///tmp/a.b classpath://com.example.Main local:///opt/app.jar",
  ]) {
    it(`are not found in ${text}`, () => {
      assert.deepEqual(places(text), []);
    });
  }
});

const env = (value: unknown) =>
  set("Deployment front/web", ["spec", "template", "spec", "containers", 0, "env"], [{ name: "MIRROR", value }]);
const egress = (port: number, ipBlock: Json, annotations: Json = {}) =>
  add(
    networkPolicy(
      "front",
      "web-to-mirror",
      {
        podSelector: { matchLabels: named("web") },
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock }], ports: [{ port, protocol: "TCP" }] }],
      },
      annotations,
    ),
  );
const LAN = { cidr: "192.168.0.0/16" };
const says = (place: string, where: string) => [
  `front/web: spec.template.spec.containers[0].env[0].value: Deployment front/web uses ${place}, but no NetworkPolicy allows egress from web to ${where}. Fix: add a Link from web to ${place}.`,
];
const REPOSITORY = "http://repo.lan:8081/maven";
const STORE = "http://192.168.1.10:9000";

suite(connectionRequirePolicies, [
  { when: "a URL that no policy opens", edit: env(REPOSITORY), says: says("repo.lan:8081", "an ipBlock on port 8081") },
  {
    when: "a URL of which another port is open",
    edit: [env(REPOSITORY), egress(443, LAN)],
    says: says("repo.lan:8081", "an ipBlock on port 8081"),
  },
  { when: "a URL whose port is open", edit: [env(REPOSITORY), egress(8081, LAN)] },
  { when: "an address in the range that is open", edit: [env(STORE), egress(9000, LAN)] },
  {
    when: "an address outside of the range that is open",
    edit: [env(STORE), egress(9000, { cidr: "10.0.0.0/8" })],
    says: says("192.168.1.10:9000", "an ipBlock with that address on port 9000"),
  },
  {
    when: "an address that the range leaves out",
    edit: [env(STORE), egress(9000, { ...LAN, except: ["192.168.1.0/24"] })],
    says: says("192.168.1.10:9000", "an ipBlock with that address on port 9000"),
  },
  {
    when: "an IPv6 address in its range",
    edit: [env("http://[2001:db8::7]:9000"), egress(9000, { cidr: "2001:db8::/64" })],
  },
  {
    when: "a name where only the API server's private range is open",
    edit: [
      env("https://repo.example.org"),
      egress(443, { cidr: "10.0.0.0/8" }, { "lakehouse.dev/api-server": "true" }),
    ],
    says: says("repo.example.org:443", "an ipBlock on port 443"),
  },
  { when: "a range that is not known yet", edit: [env(STORE), egress(9000, { cidr: UNKNOWN })] },
  { when: "a URL that is not known yet", edit: env(UNKNOWN) },
  {
    when: "a URL in a file that pods read",
    edit: set("ConfigMap front/web-config", ["data", "mirror.properties"], `url=${REPOSITORY}`),
    says: [
      'front/web: ConfigMap web-config data["mirror.properties"]: Deployment front/web uses repo.lan:8081, but no NetworkPolicy allows egress from web to an ipBlock on port 8081. Fix: add a Link from web to repo.lan:8081.',
    ],
  },
]);
