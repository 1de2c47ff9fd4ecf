import { serviceForbidExposedData } from "../../../policies/exposure";
import { type Json, object } from "./builders";
import { add, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const PG = "Cluster back/pg";
const WEB = "Deployment front/web";
const door = (spec: Json, annotations: Json = {}) =>
  add(object("core/v1:Service", "back", "pg-admin", { metadata: { annotations }, spec }));
const PRIMARY = { "cnpg.io/cluster": "pg", "cnpg.io/instanceRole": "primary" };
const FIX = "use a ClusterIP and a port-forward, or give the reason in the annotation lakehouse.dev/exposed-reason.";

suite(serviceForbidExposedData, [
  {
    when: "a database on a node port",
    edit: door({ type: "NodePort", selector: PRIMARY }),
    says: [
      `back/pg-admin: spec.type: Service back/pg-admin exposes Cluster back/pg, which holds data, outside of the cluster by the type NodePort. Fix: ${FIX}`,
    ],
  },
  {
    when: "one for which somebody said why",
    edit: door({ type: "NodePort", selector: PRIMARY }, { "lakehouse.dev/exposed-reason": "the provider logs in" }),
  },
  { when: "a database inside of the cluster", edit: door({ selector: PRIMARY }) },
  { when: "a type that is not known yet", edit: door({ type: UNKNOWN, selector: PRIMARY }) },
  { when: "a web server on a load balancer", edit: set("Service front/web", "spec.type", "LoadBalancer") },
  {
    when: "a web server with a volume on a load balancer",
    edit: [
      set("Service front/web", "spec.type", "LoadBalancer"),
      set(WEB, ["spec", "template", "spec", "volumes", 1], {
        name: "uploads",
        persistentVolumeClaim: { claimName: "uploads" },
      }),
    ],
    says: [
      `front/web: spec.type: Service front/web exposes Deployment front/web, which holds data, outside of the cluster by the type LoadBalancer. Fix: ${FIX}`,
    ],
  },
  {
    when: "a database on an address from outside",
    edit: door({ selector: PRIMARY, externalIPs: ["203.0.113.7"] }),
    says: [
      `back/pg-admin: spec.externalIPs[0]: Service back/pg-admin exposes Cluster back/pg, which holds data, outside of the cluster by the address 203.0.113.7. Fix: ${FIX}`,
    ],
  },
  ...(["annotated", "not annotated"] as const).map((how) => ({
    when: `a route of the gateway to a database, ${how}`,
    edit: [
      door({ selector: PRIMARY }),
      add(
        object("gateway.networking.k8s.io/v1:TLSRoute", "back", "in", {
          metadata: { annotations: how === "annotated" ? { "lakehouse.dev/exposed-reason": "clients sign in" } : {} },
          spec: { hostnames: ["db.example.org"], rules: [{ backendRefs: [{ name: "pg-admin", port: 5432 }] }] },
        }),
      ),
    ],
    ...(how === "annotated"
      ? {}
      : {
          says: [
            `back/in: spec.rules[0].backendRefs[0].name: TLSRoute back/in exposes Cluster back/pg, which holds data, outside of the cluster by the route to pg-admin. Fix: ${FIX}`,
          ],
        }),
  })),
  {
    when: "an Ingress to a database",
    edit: [
      door({ selector: PRIMARY }),
      add(
        object("networking.k8s.io/v1:Ingress", "back", "in", {
          spec: {
            rules: [{ http: { paths: [{ backend: { service: { name: "pg-admin", port: { number: 5432 } } } }] } }],
          },
        }),
      ),
    ],
    says: [
      `back/in: spec.rules[0].http.paths[0].backend.service.name: Ingress back/in exposes Cluster back/pg, which holds data, outside of the cluster by the route to pg-admin. Fix: ${FIX}`,
    ],
  },
  {
    when: "a database whose operator is asked for a load balancer",
    edit: set(PG, "spec.managed", {
      services: { additional: [{ selectorType: "rw", serviceTemplate: { spec: { type: "LoadBalancer" } } }] },
    }),
    says: [
      `back/pg: spec.managed.services.additional[0].serviceTemplate.spec.type: Cluster back/pg exposes Cluster back/pg, which holds data, outside of the cluster by the type LoadBalancer. Fix: ${FIX}`,
    ],
  },
]);
