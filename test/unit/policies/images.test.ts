import {
  chartRequirePinnedVersion,
  imageForbidDeadRegistry,
  imageRequireAllowedRegistry,
  imageRequirePinnedTag,
} from "../../../policies/images";
import { container, pod, set } from "./edit";
import { CAPACITY } from "./stack";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const mirrors = (registryMirrors: object) =>
  set("ConfigMap front/capacity", ["data", "capacity.json"], JSON.stringify({ ...CAPACITY, registryMirrors }));

const WEB = "Deployment front/web";
const SPARK = "SparkApplication jobs/daily";
const OPERATOR = "Release spark-operator";

suite(imageRequirePinnedTag, [
  {
    when: "a tag that moves",
    edit: set(WEB, container("image"), "ghcr.io/shop/web:latest"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses ghcr.io/shop/web:latest, whose tag moves. Fix: pin the version that was tested, or its digest.",
    ],
  },
  {
    when: "an image without a tag from a registry with a port",
    edit: set(WEB, container("image"), "localhost:5000/web"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses localhost:5000/web without a tag. Fix: pin the version that was tested, or its digest.",
    ],
  },
  { when: "a digest", edit: set(WEB, container("image"), "ghcr.io/shop/web@sha256:0a1b") },
  { when: "an image that is not known yet", edit: set(WEB, container("image"), UNKNOWN) },
  {
    when: "an image of an init container",
    edit: set(WEB, pod("initContainers"), [{ name: "wait", image: "busybox" }]),
    says: [
      "front/web: spec.template.spec.initContainers[0].image: Deployment front/web uses busybox without a tag. Fix: pin the version that was tested, or its digest.",
    ],
  },
  {
    when: "the image of a Spark job, once",
    edit: set(SPARK, "spec.image", "apache/spark"),
    says: [
      "jobs/daily: spec.image: SparkApplication jobs/daily uses apache/spark without a tag. Fix: pin the version that was tested, or its digest.",
    ],
  },
  {
    when: "a tag that moves in the values of a chart",
    edit: set(OPERATOR, "values.image", {
      registry: "ghcr.io",
      repository: "kubeflow/spark-operator/controller",
      tag: "latest",
    }),
    says: [
      "spark-operator: values.image.repository: Release operators/spark-operator uses ghcr.io/kubeflow/spark-operator/controller:latest, whose tag moves. Fix: pin the version that was tested, or its digest.",
    ],
  },
  {
    when: "the tag of the chart's version",
    edit: set(OPERATOR, "values.image", {
      registry: "ghcr.io",
      repository: "kubeflow/spark-operator/controller",
      tag: "",
    }),
  },
]);

suite(imageForbidDeadRegistry, [
  {
    when: "Bitnami",
    edit: set(WEB, container("image"), "bitnami/redis:8.0"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses bitnami/redis:8.0, but versioned images left it on 28 August 2025. Fix: use the image that the project itself publishes.",
    ],
  },
  {
    when: "Bitnami's archive deep in the values of a chart",
    edit: set(OPERATOR, "values.hook", { image: { registry: "docker.io", repository: "bitnamilegacy/kubectl" } }),
    says: [
      "spark-operator: values.hook.image.repository: Release operators/spark-operator uses docker.io/bitnamilegacy/kubectl, but it is frozen since August 2025 and gets no fixes. Fix: use the image that the project itself publishes.",
    ],
  },
  {
    when: "MinIO",
    edit: set(WEB, container("image"), "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z, but the community image can no longer be pulled. Fix: use a maintained image with the MinIO API, pinned.",
    ],
  },
  {
    when: "Kubernetes' old registry",
    edit: set(WEB, container("image"), "k8s.gcr.io/pause:3.9"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses k8s.gcr.io/pause:3.9, but it is frozen since April 2023. Fix: use registry.k8s.io.",
    ],
  },
  { when: "a repository with a similar name", edit: set(WEB, container("image"), "docker.io/bitnamix/redis:8.0") },
  {
    when: "Bitnami in its registry's folder of a mirror",
    edit: set(WEB, container("image"), "mirror.example/docker.io/bitnami/redis:8.0"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses mirror.example/docker.io/bitnami/redis:8.0, but versioned images left it on 28 August 2025. Fix: use the image that the project itself publishes.",
    ],
  },
  {
    when: "MinIO in its registry's folder, deeper in a mirror with a port",
    edit: set(WEB, container("image"), "mirror.example:5000/all/quay.io/minio/mc:1"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses mirror.example:5000/all/quay.io/minio/mc:1, but the community image can no longer be pulled. Fix: use a maintained image with the MinIO API, pinned.",
    ],
  },
  {
    when: "Bitnami in the folder that the stack's mirror has for its registry",
    edit: [
      set(WEB, container("image"), "mirror.example/hub/bitnami/redis:8.0"),
      mirrors({ "docker.io": "mirror.example/hub" }),
    ],
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses mirror.example/hub/bitnami/redis:8.0, but versioned images left it on 28 August 2025. Fix: use the image that the project itself publishes.",
    ],
  },
  {
    when: "the same folder of a mirror that stands for another registry",
    edit: [
      set(WEB, container("image"), "mirror.example/hub/bitnami/redis:8.0"),
      mirrors({ "ghcr.io": "mirror.example/hub" }),
    ],
  },
]);

suite(imageRequireAllowedRegistry, [
  {
    when: "a registry that the owner names as an own one",
    edit: [
      set(WEB, container("image"), "registry.example.com/shop/web:1"),
      set(
        "ConfigMap front/capacity",
        ["data", "capacity.json"],
        JSON.stringify({ ...CAPACITY, ownRegistries: ["registry.example.com/shop"] }),
      ),
    ],
  },
  {
    when: "another registry",
    edit: set(WEB, container("image"), "registry.example.com/web:1"),
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses registry.example.com/web:1 from registry.example.com, a registry that is not allowed. Fix: use an image from one of docker.io, ghcr.io, quay.io, registry.k8s.io, gcr.io, public.ecr.aws, docker.elastic.co, container-registry.oracle.com.",
    ],
  },
  {
    when: "a registry of the configuration",
    edit: set(WEB, container("image"), "registry.example.com/web:1"),
    config: { registries: ["registry.example.com", "ghcr.io/shop", "ghcr.io/cloudnative-pg"] },
  },
  {
    when: "a registry that the configuration leaves out",
    edit: set(WEB, container("image"), "quay.io/web:1"),
    config: { registries: ["ghcr.io"] },
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses quay.io/web:1 from quay.io, a registry that is not allowed. Fix: use an image from one of ghcr.io.",
    ],
  },
  {
    when: "a registry whose mirror is to be used",
    edit: [
      set(WEB, container("image"), "docker.io/shop/web:1"),
      mirrors({ "docker.io": "registry.corp/hub", "registry.k8s.io": "registry.corp/k8s" }),
    ],
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses docker.io/shop/web:1 from docker.io, a registry that is not allowed. Fix: use an image from one of ghcr.io, quay.io, gcr.io, public.ecr.aws, docker.elastic.co, container-registry.oracle.com, registry.corp/hub, registry.corp/k8s.",
    ],
  },
  {
    when: "a folder beside the mirror",
    edit: [set(WEB, container("image"), "registry.corp/other/web:1"), mirrors({ "docker.io": "registry.corp/hub" })],
    says: [
      "front/web: spec.template.spec.containers[0].image: Deployment front/web uses registry.corp/other/web:1 from registry.corp, a registry that is not allowed. Fix: use an image from one of ghcr.io, quay.io, registry.k8s.io, gcr.io, public.ecr.aws, docker.elastic.co, container-registry.oracle.com, registry.corp/hub.",
    ],
  },
  {
    when: "an image of a mirror",
    edit: [set(WEB, container("image"), "registry.corp/hub/shop/web:1"), mirrors({ "docker.io": "registry.corp/hub" })],
  },
  {
    when: "all of a stack that a mirror of everything does not serve, but for what the configuration names",
    edit: mirrors({ "*": "registry.corp" }),
    config: { registries: ["ghcr.io"] },
  },
]);

suite(chartRequirePinnedVersion, [
  {
    when: "a range of versions",
    edit: set(OPERATOR, "version", "^2.5.0"),
    says: [
      'spark-operator: version: Release operators/spark-operator sets version to "^2.5.0", which is not one exact version. Fix: write the exact version, such as 1.2.3.',
    ],
  },
  {
    when: "no version",
    edit: set(OPERATOR, "version", undefined),
    says: [
      "spark-operator: version: Release operators/spark-operator states no version, so Helm installs the newest of chart spark-operator. Fix: write the exact version, such as 1.2.3.",
    ],
  },
  { when: "a version that is not known yet", edit: set(OPERATOR, "version", UNKNOWN) },
  {
    when: "a chart in the repository",
    edit: [set(OPERATOR, "version", undefined), set(OPERATOR, "chart", "./charts/spark-operator-2.5.2.tgz")],
  },
]);
