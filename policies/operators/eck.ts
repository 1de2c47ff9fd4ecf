import { first } from "../core/path";
import { quantity } from "../core/quantity";
import { Field } from "../core/field";
import { resources } from "../workloads/containers";
import type { MadeContainer, Operator, Place, Pods, Port } from "./types";

/**
 * Elastic Cloud on Kubernetes (3.5, `pkg/controller`). It completes the stack's pod templates: containers and init containers are
 * merged by name, and what a template says of them comes first.
 */

const HTTP: Port = { name: "http", port: 9200 };
const TRANSPORT: Port = { name: "transport", port: 9300 };
const KIBANA: Port = { name: "http", port: 5601 };
const API: Port = { name: "http", port: 9600 };

const main = (name: string, pods: string): MadeContainer => ({
  name,
  at: `${pods}.podTemplate.spec.containers[name=${name}]`,
  image: "spec.image",
  heap: [
    `${pods}.podTemplate.spec.containers[name=${name}].env[name=ES_JAVA_OPTS].value`,
    `${pods}.podTemplate.spec.containers[name=${name}].env[name=LS_JAVA_OPTS].value`,
  ],
});

/** An init container that the operator adds. @param cpu and memory that it has where the template says nothing of them */
function init(name: string, pods: string, cpu: string, memory: string): MadeContainer {
  const at = `${pods}.podTemplate.spec.initContainers[name=${name}]`;
  const own = { cpu: quantity(Field.made(cpu, "")), memory: quantity(Field.made(memory, "")) };
  return {
    name,
    kind: "init",
    at,
    image: "spec.image",
    size: (place: Place) => {
      const written = first(place, `${at}.resources`);
      return written.absent ? { requests: own, limits: own } : resources(written);
    },
  };
}

const labels = (type: string) => ({ "common.k8s.elastic.co/type": type });
const CLUSTER = "elasticsearch.k8s.elastic.co/cluster-name";

/** Nodes; with secure settings an init container puts these into a keystore. */
const nodes = (keystore: boolean): Pods => ({
  at: "spec.nodeSets[*]",
  role: "{.name}",
  replicas: ".count",
  template: ".podTemplate",
  labels: {
    ...labels("elasticsearch"),
    [CLUSTER]: "{name}",
    "elasticsearch.k8s.elastic.co/statefulset-name": "{name}-es-{.name}",
  },
  containers: [
    main("elasticsearch", ""),
    init("elastic-internal-init-filesystem", "", "100m", "50Mi"),
    ...(keystore ? [init("elastic-internal-init-keystore", "", "500m", "196Mi")] : []),
    // As large as the main container by default, which comes at the same time as none.
    init("elastic-internal-suspend", "", "0", "0"),
  ],
  claims: [{ at: ".volumeClaimTemplates[*]" }],
  ports: [HTTP, TRANSPORT],
  texts: [".config", ".podTemplate"],
  needs: [
    { from: "operator", ports: [HTTP], why: "asks Elasticsearch before it restarts a node" },
    { to: "pods", labels: { [CLUSTER]: "{name}" }, ports: [TRANSPORT], why: "nodes form one cluster" },
  ],
});

export const eck: Operator = {
  kinds: {
    "elasticsearch.k8s.elastic.co/Elasticsearch": {
      holdsData: "in its pods",
      pods: ({ root }) => [nodes(!root.at("spec", "secureSettings").absent)],
      services: ["http", "internal-http"].map((name) => ({ name: `{name}-es-${name}`, ports: [HTTP] })),
      doors: [
        { is: "service", at: "spec.http.service.spec" },
        { is: "service", at: "spec.transport.service.spec" },
      ],
    },

    "kibana.k8s.elastic.co/Kibana": {
      pods: {
        replicas: ".count",
        // The operator gives its Deployment no numbers.
        surge: { strategy: [] },
        template: "spec.podTemplate",
        labels: { ...labels("kibana"), "kibana.k8s.elastic.co/name": "{name}" },
        containers: [main("kibana", "spec"), init("elastic-internal-init", "spec", "100m", "50Mi")],
        ports: [KIBANA],
        texts: ["spec.config", "spec.podTemplate"],
      },
      leadsTo: ["elasticsearch.k8s.elastic.co/Elasticsearch"],
      services: [{ name: "{name}-kb-http", ports: [KIBANA] }],
      doors: [{ is: "service", at: "spec.http.service.spec" }],
    },

    "logstash.k8s.elastic.co/Logstash": {
      holdsData: "in its pods",
      pods: {
        replicas: ".count",
        template: "spec.podTemplate",
        labels: { ...labels("logstash"), "logstash.k8s.elastic.co/name": "{name}" },
        containers: [main("logstash", "spec"), init("logstash-internal-init-config", "spec", "100m", "50Mi")],
        claims: [{ at: "spec.volumeClaimTemplates[*]" }],
        ports: [API],
        texts: ["spec.config", "spec.pipelines", "spec.podTemplate"],
      },
      services: [{ name: "{name}-ls-api", ports: [API] }],
      doors: [{ is: "service", at: "spec.services[*].service.spec" }],
    },
  },

  /** `Agent`, `ApmServer`, `Beat`, `ElasticMapsServer`, `EnterpriseSearch` and others make pods that the pack does not read, so they are refused. */
  podless: { "stackconfigpolicy.k8s.elastic.co": ["StackConfigPolicy"] },

  charts: {
    "eck-operator-crds": { operator: false, pods: [] },
    "eck-operator": {
      operator: true,
      operates: ["elasticsearch.k8s.elastic.co", "kibana.k8s.elastic.co", "logstash.k8s.elastic.co"],
      pods: [
        {
          // A StatefulSet.
          surge: 0,
          labels: { "app.kubernetes.io/name": "elastic-operator" },
          ports: [{ name: "metrics", at: "values.config.metrics.port" }],
        },
      ],
    },
  },
};
