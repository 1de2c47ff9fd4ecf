import type { StackValidationPolicy } from "@pulumi/policy";

import { description } from "./capacity/model";
import { type Config, stackPolicy } from "./core/define";
import type { Field } from "./core/field";
import type { Stack } from "./core/stack";

/** Where a connection that leaves the cluster says whether it is encrypted. */
interface Ending {
  readonly key: string;
  /** Fields with what they are for; more than one where a resource has several ways in. */
  readonly fields: (root: Field) => readonly Field[];
  /** Whether the field lets the connection be read or redirected; absent ones too. */
  readonly plain: (field: Field) => boolean;
  readonly says: (field: Field) => string;
  readonly fix: string;
}

/** Providers hand their booleans over as texts. */
const on = ({ value }: Field) => value === true || value === "true";

/** Modes in which PostgreSQL's clients may go on without encryption. `require` encrypts and believes any certificate. */
const PLAIN_MODES = ["disable", "allow", "prefer"];

const ENDINGS: readonly Ending[] = [
  {
    key: "pulumi:providers:minio",
    fields: (root) => [root.at("minioSsl")],
    plain: (field) => !on(field),
    says: (field) => (field.absent ? "does not ask for TLS" : `sets it to ${JSON.stringify(field.value)}`),
    fix: "set minioSsl to true",
  },
  {
    key: "pulumi:providers:minio",
    fields: (root) => [root.at("minioInsecure")].filter((field) => !field.absent),
    plain: on,
    says: () => "believes any certificate",
    fix: "give it the authority in minioCacertFile",
  },
  {
    key: "pulumi:providers:postgresql",
    fields: (root) => [root.at("sslmode")],
    // The provider's own default is require.
    plain: (field) => PLAIN_MODES.includes(field.text ?? ""),
    says: (field) => `sets it to ${JSON.stringify(field.value)}`,
    fix: "set sslmode to verify-full, or at least to require",
  },
  {
    key: "networking.k8s.io/Ingress",
    fields: (root) => [root.get("spec.tls")],
    plain: (field) => field.items.length === 0,
    says: () => "serves its hosts without TLS",
    fix: "list the hosts with their Secret in spec.tls",
  },
  {
    key: "kafka.strimzi.io/Kafka",
    fields: (root) =>
      root
        .get("spec.kafka.listeners")
        .items.filter((one) => one.at("type").present && !/^(internal|cluster-ip)$/.test(one.at("type").text ?? ""))
        .map((one) => one.at("tls")),
    plain: (field) => !on(field),
    says: () => "has a listener for clients outside of the cluster without TLS",
    fix: "set tls to true",
  },
];

export const endpointRequireTls: StackValidationPolicy = stackPolicy({
  name: "endpoint-require-tls",
  description: "Where state is protected, providers and clients outside of the cluster talk to it by TLS.",
  config: {
    requireTls: {
      type: "boolean",
      description:
        "On for stacks that hold real data. Left out: as protectData in the capacity ConfigMap says, else off.",
    },
  },
  *check(stack, config) {
    if (!required(stack, config)) return;
    for (const { key, fields, plain, says, fix } of ENDINGS) {
      for (const resource of stack.of(key)) {
        for (const field of fields(resource.root)) {
          if (!field.unknown && plain(field)) yield { on: resource, field, problem: says(field), fix };
        }
      }
    }
  },
});

function required(stack: Stack, { requireTls }: Config): boolean {
  return typeof requireTls === "boolean" ? requireTls : description(stack).at("protectData").is(true);
}
