import { system } from "../../core/system";
import { reachableEndpoint } from "./check";
import { s3 as settings } from "./settings";

/** Object storage outside of the cluster. */
export const s3 = system({
  summary: "Object storage outside of the cluster.",
  section: "storage",
  key: "objects",
  kind: "s3",
  settings,
  on: () => true,
  check: reachableEndpoint,
  uses: () => [],
  needs: {},
  gives: ["objects"],
  pods: () => [],
  compose: { cannot: "it is a service outside of the stack, whose buckets and users are not this machine's" },
  create: ({ settings: own, stack, grants }, opts) => {
    const { ExternalObjectStore } = require("./s3") as typeof import("./s3");
    return {
      services: [],
      objects: new ExternalObjectStore("s3", { settings: own, buckets: stack.buckets, grants }, opts),
    };
  },
});
