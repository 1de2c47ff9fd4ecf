import { description } from "../description";

export const functions = description({
  artefacts: {
    functions: {
      what: "Python packages of the cleaning function, and pytest",
      version: "1",
      from: { kind: "python", lock: "../../pipelines/functions/cleaning/requirements-test.lock" },
    },
  },
  proofs: [
    {
      system: "functions",
      from: "the code of `pipelines/functions/cleaning`, which is in the image, over HTTP with events in the form that Knative's dispatcher gives records of Kafka; the rendered declaration",
      seen: [
        "reads the declaration that the stack renders",
        "passes its own tests on MinIO, and skips none: twice, at once, late, killed, without its store",
      ],
    },
  ],
  allowed: [],
  absent: [
    [
      "Knative itself",
      "a module that its controllers are built from is refused by Go's module proxy (knative.dev/pkg, knative.dev/eventing): what it makes of the rendered Services and KafkaSources is read from its code, and the resources are checked against its definitions",
    ],
    [
      "the image of the functions",
      "there is no container engine where the rest is proven; its code and its locked packages run",
    ],
    [
      "the API server that takes large objects' applications, and Kafka for dead letters",
      "fakes in the function's own tests; rights are checked as rendered",
    ],
  ],
});
