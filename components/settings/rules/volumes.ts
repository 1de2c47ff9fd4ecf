import type { Rule } from "../rule";

/** Kubernetes mounts images as volumes from 1.35 on by default. */
export const imageVolumes: Rule = function* ({ streaming: { connect }, cluster: { kubernetes } }) {
  if (connect.enabled && connect.image === undefined && kubernetes === "1.34")
    yield {
      path: "lakehouse:streaming.connect.image",
      message:
        'missing while lakehouse:cluster.kubernetes is "1.34", which mounts no images as volumes; allowed: an image that has Debezium\'s plugin, or Kubernetes 1.35 or newer',
    };
};
