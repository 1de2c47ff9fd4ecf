import { monitorRequireIngress } from "../../../policies/scraping";
import { link } from "./builders";
import { add, type Edit, remove, set } from "./edit";
import { suite } from "./suite";

/** A second monitored service, whose port another client than Prometheus can reach too. */
const monitor = (name: string, namespace: string) => ({
  type: "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
  name,
  props: {
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { "app.kubernetes.io/name": name } }, endpoints: [{ port: "web" }] },
  },
});
const PROMETHEUS = { namespace: "monitoring", name: "prometheus", ours: false };
const API = { namespace: "back", name: "api" };
const WEB = { namespace: "front", name: "web" };
const monitored: Edit = (stack) => [
  ...stack,
  ...[monitor("api", "back"), monitor("web", "front")],
  ...[...link(PROMETHEUS, API, 8080), ...link(PROMETHEUS, WEB, 8080)],
];
const WHOLE_NAMESPACE = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];
const FROM = ["spec", "ingress", 0, "from"];

suite(monitorRequireIngress, [
  {
    when: "pods that nobody may scrape",
    edit: remove("NetworkPolicy back/pg-from-prometheus"),
    says: [
      "back/pg: spec.podMetricsEndpoints[0].port: PodMonitor back/pg scrapes Cluster back/pg on port 9187, but no NetworkPolicy allows ingress there. Fix: add a Link from the metrics collector to pg on port 9187.",
    ],
  },
  {
    when: "a port that the pods do not have",
    edit: set("PodMonitor back/pg", ["spec", "podMetricsEndpoints", 0, "port"], "stats"),
    says: [
      'back/pg: spec.podMetricsEndpoints[0].port: PodMonitor back/pg scrapes a port "stats" that Cluster back/pg does not have. Fix: name a port of the containers.',
    ],
  },
  {
    when: "a ServiceMonitor of pods that nobody may scrape",
    edit: [remove("NetworkPolicy back/api-from-web"), add(monitor("api", "back"))],
    says: [
      "api: spec.endpoints[0].port: ServiceMonitor back/api scrapes Deployment back/api on port 8080, but no NetworkPolicy allows ingress there. Fix: add a Link from the metrics collector to api on port 8080.",
    ],
  },
  { when: "several monitored ports that the same collector may reach", edit: monitored },
  {
    when: "a port that others may reach, but not the collector of the other ports",
    edit: [monitored, remove("NetworkPolicy back/api-from-prometheus")],
    says: [
      "api: spec.endpoints[0].port: ServiceMonitor back/api scrapes Deployment back/api on port 8080, but no NetworkPolicy allows ingress there from pods with app.kubernetes.io/name=prometheus in namespace monitoring, as on 2 of 3 monitored ports. Fix: add a Link from the metrics collector to api on port 8080.",
    ],
  },
  {
    when: "the whole namespace of the collector on one of the ports",
    edit: [monitored, set("NetworkPolicy back/api-from-prometheus", FROM, WHOLE_NAMESPACE)],
  },
  {
    when: "replicas that may reach each other while the collector may not",
    edit: [
      monitored,
      add(...link(API, API, 8080), ...link(WEB, WEB, 8080)),
      remove("NetworkPolicy front/web-from-prometheus"),
    ],
    says: [
      "web: spec.endpoints[0].port: ServiceMonitor front/web scrapes Deployment front/web on port 8080, but no NetworkPolicy allows ingress there from pods with app.kubernetes.io/name=prometheus in namespace monitoring, as on 2 of 3 monitored ports. Fix: add a Link from the metrics collector to web on port 8080.",
    ],
  },
  {
    when: "a range of addresses that scrapes all ports but one",
    edit: [
      monitored,
      set("NetworkPolicy back/pg-from-prometheus", FROM, [{ ipBlock: { cidr: "10.1.0.0/24" } }]),
      set("NetworkPolicy front/web-from-prometheus", FROM, [{ ipBlock: { cidr: "10.1.0.0/24" } }]),
      remove("NetworkPolicy back/api-from-prometheus"),
    ],
    says: [
      "api: spec.endpoints[0].port: ServiceMonitor back/api scrapes Deployment back/api on port 8080, but no NetworkPolicy allows ingress there from addresses 10.1.0.0/24, as on 2 of 3 monitored ports. Fix: add a Link from the metrics collector to api on port 8080.",
    ],
  },
  {
    when: "the collector that is configured",
    edit: monitored,
    config: { scraper: { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } } },
  },
  {
    when: "another collector than the one that is configured, even on the only port",
    edit: [],
    config: { scraper: { namespace: "metrics", labels: { app: "agent" } } },
    says: [
      "back/pg: spec.podMetricsEndpoints[0].port: PodMonitor back/pg scrapes Cluster back/pg on port 9187, but no NetworkPolicy allows ingress there from pods with app=agent in namespace metrics. Fix: add a Link from the metrics collector to pg on port 9187.",
    ],
  },
]);
