import { connectionRequirePolicies } from "../../../policies/connections";
import { link, object, type Json } from "./builders";
import { add } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

/** Configuration in unmanaged namespaces. */

const API = { namespace: "back", name: "api" };
const BOT = { namespace: "tools", name: "bot", ours: false };
const kind = (type: string, props: Json, namespace = "tools") => add(object(type, namespace, "bot", props));
const secret = (props: Json) => kind("core/v1:Secret", props);
const URL = "http://robot:hunter2@api.back.svc:80/v1";
const says = (what: string, field: string) => [
  `tools/bot: ${field}: ${what} tools/bot names Service back/api, but no NetworkPolicy allows ingress from namespace tools at api on port 8080. Fix: add a Link from the pods that read it in tools to api on port 8080.`,
];

suite(connectionRequirePolicies, [
  {
    when: "a Secret that hands out a Service which is closed to its namespace",
    edit: secret({ stringData: { url: URL } }),
    says: says("Secret", "stringData.url"),
  },
  {
    when: "the same in base64",
    edit: secret({ data: { url: Buffer.from(URL).toString("base64") } }),
    says: says("Secret", "data.url"),
  },
  {
    when: "the same in a ConfigMap, said twice",
    edit: kind("core/v1:ConfigMap", { data: { "a.ini": `x=1\nurl = ${URL}`, "b.ini": "host: api.back.svc" } }),
    says: says("ConfigMap", 'data["a.ini"]'),
  },
  {
    when: "the same in a custom resource",
    edit: kind("example.com/v1:Robot", { spec: { targets: [{ url: "http://api.back/" }] } }),
    says: says("Robot", "spec.targets[0].url"),
  },
  {
    when: "the same in a custom resource of a group that only sounds like Kubernetes' own",
    edit: kind("gateway.networking.k8s.io/v1:HTTPRoute", { spec: { rules: [{ url: "http://api.back/" }] } }),
    says: says("HTTPRoute", "spec.rules[0].url"),
  },
  {
    when: "the same in an object of Kubernetes itself, which connects to nothing",
    edit: kind("networking.k8s.io/v1:Ingress", { spec: { rules: [{ url: "http://api.back/" }] } }),
  },
  {
    when: "a Service that pods of the namespace may reach",
    edit: [secret({ stringData: { url: URL } }), add(...link(BOT, API, 8080))],
  },
  {
    when: "a Service that another namespace may reach",
    edit: [secret({ stringData: { url: URL } }), add(...link({ ...BOT, namespace: "other" }, API, 8080))],
    says: says("Secret", "stringData.url"),
  },
  { when: "a Secret without the name of a Service", edit: secret({ stringData: { url: "http://api.gone.svc/" } }) },
  { when: "a Secret that is not known yet", edit: secret({ stringData: { url: UNKNOWN } }) },
  {
    when: "a Secret of a namespace of the stack, which its own workloads answer for",
    edit: kind("core/v1:Secret", { stringData: { url: URL } }, "front"),
  },
  {
    when: "manifests of pods that run elsewhere",
    edit: kind("core/v1:ConfigMap", { data: { "job.yaml": `apiVersion: batch/v1\nkind: Job\nspec: {url: "${URL}"}` } }),
  },
  {
    when: "alerts about a Service",
    edit: kind("monitoring.coreos.com/v1:PrometheusRule", { spec: { groups: [{ rules: [{ expr: URL }] }] } }),
  },
]);
