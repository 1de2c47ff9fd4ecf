import { system } from "../../core/system";
import { operator } from "../../core/uses";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { kueuePods, OPERATOR } from "./pods";
import { kueue as settings } from "./settings";

const production = { operatorSize: { replicas: 2, cpu: 0.5, memory: "1Gi" } };

/** Queues in which jobs wait until all of their pods have room. */
export const kueue = system({
  summary: "Queues in which Spark's jobs wait until all of their pods have room, by Kueue.",
  section: "compute",
  key: "kueue",
  settings,
  presets: {
    dev: { operatorSize: { cpu: 0.1, memory: "256Mi" } },
    minimal: production,
    medium: production,
    large: production,
  },
  // A program in Go.
  least: { operatorSize: 0 },
  pins,
  uses: (own) =>
    own.operator === "deployed"
      ? operator(pins.kueue, { service: OPERATOR, setting: "lakehouse:compute.kueue.operator", instead: "existing" })
      : [],
  needs: {},
  gives: ["queues"],
  pods: ({ platform, settings: own }) => (own.operator === "deployed" ? [kueuePods(platform, own)] : []),
  monitoring: () => ({ [OPERATOR]: monitoring }),
  compose: { cannot: "it queues what Kubernetes runs" },
  create: ({ platform, settings: own }, opts) => {
    const { kueueOperator } = require("./operator") as typeof import("./operator");
    const { Kueue } = require("./kueue") as typeof import("./kueue");
    const { services } = kueueOperator(platform, own, opts);
    // Queues are custom resources: the operator brings their definitions.
    const queues = new Kueue(
      { namespace: platform.namespace("compute"), settings: own },
      { ...opts, dependsOn: [...services] },
    );
    return { services: [...services, queues], queues };
  },
});
