import { pinned } from "../../core/pins";

export const pins = pinned({
  kueue: {
    version: "0.19.2",
    licence: "Apache-2.0",
    image: "registry.k8s.io/kueue/kueue:v{version}",
    chart: { chart: "kueue", repository: "oci://registry.k8s.io/kueue/charts" },
  },
});
