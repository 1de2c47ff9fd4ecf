import type { Operator, Port } from "./types";

/** Zalando's operator (2.0): pods of Spilo, with sidecars from the resource. It writes security contexts, accounts and budgets itself. */

const SQL: Port = { name: "postgresql", port: 5432 };
const PATRONI: Port = { name: "patroni", port: 8008 };
const SERVICE: Port = { name: "postgresql", port: 5432 };

export const zalando: Operator = {
  kinds: {
    "acid.zalan.do/postgresql": {
      holdsData: "in its pods",
      pods: {
        replicas: "spec.numberOfInstances",
        judged: false,
        labels: {
          "application": "spilo",
          "cluster-name": "{name}",
          "team": "{spec.teamId}",
          // The operator changes it at a failover.
          "spilo-role": null,
          // The operator has labels of its own alone, which no resource can add to.
          "app.kubernetes.io/name": null,
          "app.kubernetes.io/instance": null,
          "app.kubernetes.io/version": null,
          "app.kubernetes.io/component": null,
          "app.kubernetes.io/part-of": null,
          "app.kubernetes.io/managed-by": null,
        },
        labelsAt: [],
        containers: [{ name: "postgres", image: "spec.dockerImage" }],
        written: "spec.sidecars[*]",
        serviceAccount: [],
        affinity: "spec",
        tolerations: "spec.tolerations",
        priorityClass: "spec.podPriorityClassName",
        claims: [{ at: "spec.volume", size: ".size", storageClass: ".storageClass" }],
        ports: [SQL, PATRONI],
        needs: [
          { from: "operator", ports: [SQL, PATRONI], why: "asks Patroni who leads, and connects to the database" },
          { to: "api-server", why: "Patroni keeps who leads in the Kubernetes API" },
          {
            to: "role",
            role: "",
            ports: [SQL, PATRONI],
            why: "standbys stream from the leader, and instances ask each other",
          },
        ],
      },
      services: ["", "-repl"].map((suffix) => ({ name: `{name}${suffix}`, ports: [SERVICE] })),
    },
  },

  podless: { "acid.zalan.do": ["OperatorConfiguration", "PostgresTeam"] },

  charts: {
    "postgres-operator": {
      operator: true,
      operates: "acid.zalan.do",
      pods: [{ ports: [{ name: "http", port: 8080 }] }],
    },
  },
};
