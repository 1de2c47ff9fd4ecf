import { container, set } from "../edit";
import { type FieldCases, WEB } from "./case";

const image = (wrong: string, config?: object) =>
  ({
    what: WEB,
    path: container("image"),
    wrong,
    absent: "accepted",
    ...(config === undefined ? {} : { config }),
  }) as const;

const REDIS = "docker.io/library/redis:7.4.2";
const SECRET = "hunter2-Xq9vL3mZ";

/** Cases of images, charts, and secrets outside of Secrets. */
export const supplyCases: FieldCases = {
  "image-require-pinned-tag": image("ghcr.io/shop/web:latest"),
  "image-forbid-dead-registry": image("docker.io/bitnami/redis:7.4.2"),
  "image-require-allowed-registry": image("registry.example.com/web:1.2.3"),
  "image-require-allowed-licence": image(REDIS, {
    licences: { "docker.io/library/redis": "SSPL-1.0" },
    forbid: ["SSPL-1.0"],
  }),
  "image-require-digest": image(REDIS, { digests: { [REDIS]: `sha256:${"0".repeat(64)}` } }),
  "chart-require-pinned-version": {
    what: "Release spark-operator",
    path: "version",
    wrong: "^2.5.0",
    absent: "refused",
  },
  "release-require-known-chart": { what: "Release spark-operator", path: "chart", wrong: "druid", absent: "refused" },
  "configmap-forbid-secrets": {
    what: "ConfigMap front/web-config",
    path: ["data", "password"],
    wrong: SECRET,
    absent: "accepted",
  },
  "container-forbid-secrets": {
    what: WEB,
    path: container("env.0.value"),
    wrong: SECRET,
    absent: "accepted",
    given: [set(WEB, container("env"), [{ name: "PASSWORD" }])],
  },
  "release-forbid-secrets": {
    what: "Release spark-operator",
    path: "values.password",
    wrong: SECRET,
    absent: "accepted",
  },
  "customresource-forbid-secrets": {
    what: "Cluster back/pg",
    path: "spec.password",
    wrong: SECRET,
    absent: "accepted",
  },
};
