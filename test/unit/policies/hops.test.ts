import { connectionRequireTls } from "../../../policies/hops";
import { service } from "./builders";
import { add, type Edit, set } from "./edit";
import { suite } from "./suite";

/** Servers that the stack says speak TLS alone. */
const TLS = ["store.back.svc:9000", "db.back.svc:5432"];
const told = set("ConfigMap front/capacity", ["data", "capacity.json"], JSON.stringify({ tls: TLS }));
const client = (value: string, more: readonly object[] = []): Edit =>
  add(...service("front", "client", { env: [{ name: "PLACE", value }, ...more] as Record<string, unknown>[] }));
const FIELD = "front/client: spec.template.spec.containers[0].env[0].value: Deployment front/client client";

suite(connectionRequireTls, [
  { when: "a plain URL where nobody asked", edit: client("http://store.back.svc:9000") },
  {
    when: "a plain URL of a server that speaks TLS",
    edit: [told, client("http://store.back.svc:9000")],
    says: [`${FIELD} uses store.back.svc:9000 without TLS. Fix: use https.`],
  },
  { when: "a URL by TLS", edit: [told, client("https://store.back.svc:9000")] },
  { when: "a plain URL of another server", edit: [told, client("http://other.back.svc:9000")] },
  { when: "a URL outside of the cluster", edit: [told, client("http://example.org:9000")] },
  { when: "its own pod", edit: [told, client("http://localhost:9000/health")] },
  {
    when: "PostgreSQL by Java that verifies",
    edit: [told, client("jdbc:postgresql://db.back.svc:5432/x?sslmode=verify-full")],
  },
  {
    when: "PostgreSQL whose name nobody verifies",
    edit: [told, client("jdbc:postgresql://db.back.svc:5432/x?sslmode=require")],
    says: [`${FIELD} uses db.back.svc:5432 without TLS. Fix: add sslmode=verify-full to the URL.`],
  },
  {
    when: "PostgreSQL by a library whose variable is missing",
    edit: [told, client("postgresql+psycopg2://u@db.back.svc:5432/x")],
    says: [`${FIELD} uses db.back.svc:5432 without TLS. Fix: set sslmode=verify-full, or the variable PGSSLMODE.`],
  },
  {
    when: "PostgreSQL by a library that reads the variable",
    edit: [told, client("postgresql+psycopg2://u@db.back.svc:5432/x", [{ name: "PGSSLMODE", value: "verify-full" }])],
  },
]);
