import { pinned } from "../../core/pins";

// Runs Kafka 4.2.0 to 4.3.1 and knows the API version v1 only.
const strimzi = "1.2.0";

export const pins = pinned({
  kafka: {
    version: "4.3.1",
    licence: "Apache-2.0",
    held: { pin: "4.3.1", newest: "4.4.0", read: "2026-11-28", why: "Strimzi 1.2 runs 4.2.0 to 4.3.1" },
    image: `quay.io/strimzi/kafka:${strimzi}-kafka-{version}`,
  },
  strimzi: {
    version: strimzi,
    licence: "Apache-2.0",
    held: { pin: "1.2.0", newest: "1.3.0-rc1", read: "2026-11-28", why: "1.3 is a release candidate" },
    image: "quay.io/strimzi/operator:{version}",
    chart: { chart: "strimzi-kafka-operator", repository: "oci://quay.io/strimzi-helm" },
  },
});
