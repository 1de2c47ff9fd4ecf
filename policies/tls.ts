import type { StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { type Config, stackPolicy } from "./core/define";
import type { Field } from "./core/field";
import { every } from "./core/path";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { keysOf } from "./operators";
import { kindOf } from "./workloads";
import { placeOf } from "./workloads/text";

/** A setting that decides whether a connection from or to the outside of the cluster is encrypted. */
interface TlsSetting {
  readonly key: string;
  /** The fields with the setting; several if a resource has several listeners. */
  readonly fields: (resource: Resource) => readonly Field[];
  /** Whether the value, or its absence, lets others read or redirect the connection. */
  readonly insecure: (field: Field) => boolean;
  readonly problem: (field: Field) => string;
  readonly fix: string;
}

/** Providers pass booleans as strings. */
const isTrue = ({ value }: Field) => value === true || value === "true";

/** Modes in which PostgreSQL's clients may connect without encryption. `require` encrypts, and accepts any certificate. */
const PLAIN_MODES = ["disable", "allow", "prefer"];

const TLS_SETTINGS: readonly TlsSetting[] = [
  {
    key: "pulumi:providers:minio",
    fields: ({ root }) => [root.at("minioSsl")],
    insecure: (field) => !isTrue(field),
    problem: (field) => (field.absent ? "does not use TLS" : `sets minioSsl to ${JSON.stringify(field.value)}`),
    fix: "set minioSsl to true",
  },
  {
    key: "pulumi:providers:minio",
    fields: ({ root }) => [root.at("minioInsecure")].filter((field) => !field.absent),
    insecure: isTrue,
    problem: () => "accepts any certificate",
    fix: "remove minioInsecure, and name the authority's certificate in minioCacertFile",
  },
  {
    key: "pulumi:providers:postgresql",
    fields: ({ root }) => [root.at("sslmode")],
    // The provider's own default is require.
    insecure: (field) => PLAIN_MODES.includes(field.text ?? ""),
    problem: (field) => `sets sslmode to ${JSON.stringify(field.value)}`,
    fix: "set sslmode to verify-full, or at least to require",
  },
  {
    key: "networking.k8s.io/Ingress",
    fields: ({ root }) => [root.get("spec.tls")],
    insecure: (field) => field.items.length === 0,
    problem: () => "serves its hosts without TLS",
    fix: "list the hosts with their Secret in spec.tls",
  },
  ...["Gateway", "ListenerSet"].map((kind) => ({
    key: `gateway.networking.k8s.io/${kind}`,
    fields: ({ root }: Resource) => root.get("spec.listeners").items.map((one) => one.at("protocol")),
    insecure: ({ text }: Field) => text !== "HTTPS" && text !== "TLS",
    problem: ({ text }: Field) => `has a listener without TLS (${text ?? "no protocol"})`,
    fix: "set its protocol to HTTPS with a certificate, or to TLS",
  })),
  ...keysOf(({ doors }) => doors !== undefined).map((key) => ({
    key,
    fields: listenersFromOutside,
    insecure: (field: Field) => !isTrue(field),
    problem: () => "has a listener without TLS for clients outside of the cluster",
    fix: "set tls to true",
  })),
];

/** The `tls` fields of listeners for clients outside of the cluster. */
function listenersFromOutside(resource: Resource): Field[] {
  return (kindOf(resource)?.doors ?? []).flatMap((door) => {
    if (door.is !== "listener") return [];
    const types = every(placeOf(resource), door.at).map((one) => [one, one.at("type")] as const);
    const outside = types.filter(([, type]) => type.present && !door.inside.includes(type.text ?? ""));
    return outside.map(([one]) => one.at("tls"));
  });
}

export const endpointRequireTls: StackValidationPolicy = stackPolicy({
  name: "endpoint-require-tls",
  description: "Where state is protected, providers and clients outside of the cluster connect to it over TLS.",
  config: {
    requireTls: {
      type: "boolean",
      description: "True for stacks that hold real data. Left out: protectData of the capacity ConfigMap, else false.",
    },
  },
  *check(stack, config) {
    if (!required(stack, config)) return;
    for (const { key, fields, insecure, problem, fix } of TLS_SETTINGS) {
      for (const resource of stack.of(key)) {
        for (const field of fields(resource)) {
          if (!field.unknown && insecure(field)) yield { on: resource, field, problem: problem(field), fix };
        }
      }
    }
  },
});

function required(stack: Stack, { requireTls }: Config): boolean {
  return typeof requireTls === "boolean" ? requireTls : capacityConfigMap(stack).at("protectData").is(true);
}
