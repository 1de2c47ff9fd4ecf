import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { distinctSources } from "./check";
import { pins } from "./pins";
import { connectPods } from "./pods";
import { connect as settings } from "./settings";
import { connectMonitoring } from "./monitoring";

const production = { worker: { replicas: 2, cpu: 1, memory: "4Gi" } };

/** Change data capture: changes of chosen databases as records in Kafka. */
export const connect = system({
  summary: "Change data capture: changes of chosen databases as records in Kafka.",
  section: "streaming",
  key: "connect",
  layer: "processing",
  settings,
  presets: {
    dev: { worker: { replicas: 1, cpu: 0.25, memory: "768Mi" } },
    minimal: production,
    medium: production,
    large: production,
  },
  least: { worker: 768 },
  check: distinctSources,
  pins,
  uses: (own) =>
    own.image === undefined
      ? [
          image(pins.debezium, {
            service: "connect",
            setting: "lakehouse:streaming.connect.image",
            instead: "an own image",
          }),
        ]
      : [],
  clients: ["connect"],
  needs: { log: one("log"), database: one("database") },
  gives: [],
  pods: ({ platform, settings: own }) => connectPods(platform, own),
  monitoring: () => ({ connect: connectMonitoring }),
  compose: {
    standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects),
    settings: { worker: { replicas: 1 } },
  },
  create: ({ log, ...args }, opts) => {
    const { Connect } = require("./connect") as typeof import("./connect");
    const { events, operator, operators, formerParent } = log;
    const aliases = [{ parent: formerParent }];
    const connect = new Connect({ ...args, events, operator }, { ...opts, aliases, dependsOn: [...operators] });
    return { services: [connect] };
  },
});
