import { maybe, one, system } from "../../core/system";
import { DEAD_LETTERS, SERVICE, serviceOf } from "./config";
import { deadLetterMonitoring, functionMonitoring } from "./monitoring";
import { knativePods } from "./pods";
import { complete, knative as settings } from "./settings";

/** Functions on the cluster's Knative. The image is the owner's: what is in it stands in pipelines/functions/cleaning. */
export const knative = system({
  summary: "Functions that clean objects as they arrive, on the cluster's Knative.",
  section: "streaming",
  key: "knative",
  layer: "processing",
  settings,
  example: {
    image: "ghcr.io/example/cleaning:1",
    functions: {
      orders: {
        from: "incoming/orders/",
        to: "orders/",
        rules: { columns: { id: "integer", price: "decimal(9,2)" }, required: ["id"], key: ["id"] },
      },
    },
  },
  check: complete,
  uses: () => [],
  clients: [SERVICE],
  needs: { objects: one("objects"), log: one("log"), jobs: maybe("jobs") },
  gives: [],
  pods: ({ platform, settings: own }) => knativePods(platform, own),
  notes: ({ functions }) =>
    Object.entries(functions).map(([name, { from, to }]) => `function ${name}: bronze/${from} → silver/${to}`),
  monitoring: ({ settings: { functions } }) => ({
    ...Object.fromEntries(Object.keys(functions).map((name) => [serviceOf(name), functionMonitoring(serviceOf(name))])),
    ...(Object.keys(functions).length === 0 ? {} : { [DEAD_LETTERS]: deadLetterMonitoring }),
  }),
  compose: { cannot: "Knative starts functions, and takes events of Kafka to them" },
  create: ({ settings: own, ...args }, opts) => {
    const { CleaningFunction } = require("./function") as typeof import("./function");
    const { DeadLetters } = require("./dead-letters") as typeof import("./dead-letters");
    if (Object.keys(own.functions).length === 0) return { services: [] };
    const facts = { ...args, settings: own };
    const letters = new DeadLetters(facts, opts);
    const after = { ...opts, dependsOn: [letters] };
    return {
      services: [
        letters,
        ...Object.entries(own.functions).map(([name, item]) => new CleaningFunction({ ...facts, name, item }, after)),
      ],
    };
  },
});
