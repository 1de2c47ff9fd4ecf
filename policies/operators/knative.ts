import { first } from "../core/path";
import { parseQuantity, type Quantity } from "../core/quantity";
import type { Operator, Place } from "./types";

/** Knative: pods of its Services, which an autoscaler starts and ends, and sources of events. */

const ANNOTATIONS = "spec.template.metadata.annotations";
const annotation = (place: Place, name: string) => first(place, `${ANNOTATIONS}["${name}"]`);

const QUEUE = "queue.sidecar.serving.knative.dev";
/** Requests of HTTP/1 and 2 come through the proxy, the autoscaler reads its figures. */
const PORTS = [
  { name: "queue-port", port: 8012 },
  { name: "queue-port-h2", port: 8013 },
  { name: "http-autometric", port: 9090 },
];

/** Requests and limits of the proxy that Knative puts beside each function. */
function queueSize(place: Place) {
  const amount = (resource: string, of: string): Quantity => {
    const field = annotation(place, `${QUEUE}/${resource}-resource-${of}`);
    return { amount: parseQuantity(field.value), field };
  };
  const amounts = (of: string) => ({ cpu: amount("cpu", of), memory: amount("memory", of) });
  return { requests: amounts("request"), limits: amounts("limit") };
}

export const knative: Operator = {
  kinds: {
    "serving.knative.dev/Service": {
      pods: {
        template: "spec.template",
        labels: { "serving.knative.dev/service": "{name}" },
        // Without a limit it starts as many as there are requests for.
        replicas: (place) => Number(annotation(place, "autoscaling.knative.dev/max-scale").text ?? Number.NaN),
        ports: PORTS,
        containers: [
          {
            name: "queue-proxy",
            image: "spec.template.spec.containers[*].image",
            size: queueSize,
            // Knative gives it the restricted profile itself.
            security: "spec.template.spec.containers[*].securityContext",
          },
        ],
      },
      services: [{ name: "{name}", ports: [{ port: 80 }] }],
    },
    // Its pods are those of Knative's dispatcher, which reads for all sources.
    "sources.knative.dev/KafkaSource": { pods: [], silent: true },
  },
};
