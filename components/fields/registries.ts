import { z } from "zod";

import { EVERY_REGISTRY } from "../core/site";
import { dnsSubdomain } from "./fields";

/** Registries of images. A first part without a dot or a port would be a folder of Docker Hub. */

const PART = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const HOST = `${PART}(?:(?:\\.${PART})+(?::[1-9]\\d{1,4})?|:[1-9]\\d{1,4})`;
const FOLDER = "\\/[a-z0-9]+(?:[._-][a-z0-9]+)*";

const REGISTRY = `the host of a registry such as docker.io, or ${EVERY_REGISTRY} for every other`;
const MIRROR = "a registry with or without a folder, such as registry.example.org:5000/dockerhub";

export const registryMirrors = z
  .record(
    z.string().regex(new RegExp(`^(?:\\*|${HOST})$`), { error: REGISTRY }),
    z
      .string({ error: MIRROR })
      .max(200, { error: MIRROR })
      .regex(new RegExp(`^${HOST}(?:${FOLDER})*$`), { error: MIRROR }),
    { error: "a map of registries to their mirrors, such as { docker.io: registry.example.org/dockerhub }" },
  )
  .default({})
  .describe(
    "mirrors that images of a registry are pulled from, your own images too: { docker.io: registry.example.org/dockerhub }; '*' stands for every other registry and keeps its host, as in registry.example.org/quay.io/strimzi/kafka; default none",
  );

export const ownRegistries = z
  .array(
    z
      .string({ error: MIRROR })
      .max(200, { error: MIRROR })
      .regex(new RegExp(`^${HOST}(?:${FOLDER})*$`), { error: MIRROR }),
    { error: "a list of registries, with or without a folder" },
  )
  .default([])
  .describe(
    "registries, or folders of one, that images of your own come from, which policies allow besides those of the stack's images; default none",
  );

const SECRETS = "a list of names of Secrets of the type kubernetes.io/dockerconfigjson";
export const imagePullSecrets = z
  .array(dnsSubdomain, { error: SECRETS })
  .max(10, { error: "at most 10 Secrets" })
  .default([])
  .describe("Secrets with credentials of registries, which you create in every namespace of the stack; default none");
