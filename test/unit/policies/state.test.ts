import { crdRequireRetention, stateRequireProtection } from "../../../policies/state";
import { object } from "./builders";
import { add, protect, set } from "./edit";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const CRD = {
  type: "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
  name: "clusters.example.com",
  props: { metadata: { name: "clusters.example.com" } },
};

const capacity = (text: string) => set("ConfigMap front/capacity", ["data", "capacity.json"], text);
const protectData = (value: boolean) => capacity(JSON.stringify({ ...CAPACITY, protectData: value }));

const volumes = (name: string, reason: string) =>
  object("apps/v1:StatefulSet", "front", name, {
    metadata: { namespace: "front", name, annotations: { "lakehouse.dev/reproducible": reason } },
    spec: { volumeClaimTemplates: [{ metadata: { name: "d" } }] },
  });

// buckets.test.ts tests which resources hold data; these cases test where protection is required.
suite(stateRequireProtection, [
  {
    when: "state without protection in a stack that says that it protects data",
    edit: [protectData(true), protect("Cluster back/pg"), protect("Namespace back")],
    says: [
      "bronze: protect: S3Bucket bronze holds data and is not protected. Fix: set the resource option protect to true.",
    ],
  },
  {
    when: "event logs, and what has volumes, without protection",
    edit: [
      protectData(true),
      ...["Cluster back/pg", "Namespace back", "Namespace front", "S3Bucket bronze"].map(protect),
      add(
        object("kafka.strimzi.io/v1:KafkaTopic", "front", "events", {}),
        object("apps/v1:StatefulSet", "front", "store", {
          spec: { volumeClaimTemplates: [{ metadata: { name: "d" } }] },
        }),
      ),
    ],
    says: ["StatefulSet front/store", "KafkaTopic front/events"].map(
      (title) =>
        `${title.slice(title.indexOf(" ") + 1)}: protect: ${title} holds data and is not protected. Fix: set the resource option protect to true.`,
    ),
  },
  {
    when: "volumes without protection that say why they can be had again, and not those that give no reason",
    edit: [
      protectData(true),
      ...["Cluster back/pg", "Namespace back", "Namespace front", "S3Bucket bronze"].map(protect),
      add(volumes("copies", "they are copies"), volumes("store", " ")),
    ],
    says: [
      "front/store: protect: StatefulSet front/store holds data and is not protected. Fix: set the resource option protect to true.",
    ],
  },
  { when: "state without protection in a stack that says that it does not", edit: protectData(false) },
  {
    when: "state without protection where the configuration contradicts the stack",
    edit: protectData(true),
    config: { protectState: false },
  },
  { when: "a stack whose description cannot be read", edit: capacity("{") },
]);

suite(crdRequireRetention, [
  {
    when: "a custom resource definition without protection",
    edit: add(CRD),
    says: [
      "clusters.example.com: protect: CustomResourceDefinition clusters.example.com is not protected. Fix: set the resource option protect to true, and retainOnDelete, which no policy can see.",
    ],
  },
  { when: "one that is protected", edit: [add(CRD), protect("CustomResourceDefinition clusters.example.com")] },
]);
