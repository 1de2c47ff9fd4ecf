import { endpointRequireTls } from "../../../policies/tls";
import { type Json, object } from "./builders";
import { add } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const provider = (name: string, props: Json) => add({ type: `pulumi:providers:${name}`, name, props });
const ingress = (spec: Json) => add(object("networking.k8s.io/v1:Ingress", "front", "web", { spec }));
const gateway = (kind: string, protocols: readonly string[]) =>
  add(
    object(`gateway.networking.k8s.io/v1:${kind}`, "front", "in", {
      spec: { listeners: protocols.map((protocol, at) => ({ name: `l${String(at)}`, port: 443, protocol })) },
    }),
  );
const kafka = (listener: Json) =>
  add(
    object("kafka.strimzi.io/v1:Kafka", "back", "bus", {
      spec: { kafka: { listeners: [{ name: "l", ...listener }] } },
    }),
  );
const config = { requireTls: true };

suite(endpointRequireTls, [
  {
    when: "MinIO in the clear",
    edit: provider("minio", { minioServer: "s3.example.org:80" }),
    config,
    says: ["minio: minioSsl: minio minio does not use TLS. Fix: set minioSsl to true."],
  },
  { when: "MinIO in the clear where nobody asked", edit: provider("minio", {}) },
  { when: "MinIO by TLS, as providers write it", edit: provider("minio", { minioSsl: "true" }), config },
  {
    when: "MinIO by TLS with any certificate",
    edit: provider("minio", { minioSsl: "true", minioInsecure: "true" }),
    config,
    says: [
      "minio: minioInsecure: minio minio accepts any certificate. Fix: remove minioInsecure, and name the authority's certificate in minioCacertFile.",
    ],
  },
  { when: "what is not known yet", edit: provider("minio", { minioSsl: UNKNOWN }), config },
  {
    when: "PostgreSQL that may do without",
    edit: provider("postgresql", { sslmode: "prefer" }),
    config,
    says: [
      'postgresql: sslmode: postgresql postgresql sets sslmode to "prefer". Fix: set sslmode to verify-full, or at least to require.',
    ],
  },
  { when: "PostgreSQL as the provider does it by itself", edit: provider("postgresql", {}), config },
  {
    when: "a web site in the clear",
    edit: ingress({ rules: [{ host: "web.example.org" }] }),
    config,
    says: [
      "front/web: spec.tls: Ingress front/web serves its hosts without TLS. Fix: list the hosts with their Secret in spec.tls.",
    ],
  },
  { when: "a web site by TLS", edit: ingress({ tls: [{ hosts: ["web.example.org"] }] }), config },
  {
    when: "a gateway that takes what is in the clear",
    edit: gateway("Gateway", ["HTTPS", "HTTP"]),
    config,
    says: [
      "front/in: spec.listeners[1].protocol: Gateway front/in has a listener without TLS (HTTP). Fix: set its protocol to HTTPS with a certificate, or to TLS.",
    ],
  },
  { when: "a gateway that passes TLS on", edit: gateway("Gateway", ["TLS", "HTTPS"]), config },
  {
    when: "a door that brings a listener in the clear",
    edit: gateway("ListenerSet", ["TCP"]),
    config,
    says: [
      "front/in: spec.listeners[0].protocol: ListenerSet front/in has a listener without TLS (TCP). Fix: set its protocol to HTTPS with a certificate, or to TLS.",
    ],
  },
  {
    when: "Kafka for clients outside in the clear",
    edit: kafka({ type: "loadbalancer", tls: false }),
    config,
    says: [
      "back/bus: spec.kafka.listeners[0].tls: Kafka back/bus has a listener without TLS for clients outside of the cluster. Fix: set tls to true.",
    ],
  },
  { when: "Kafka in the clear inside of the cluster", edit: kafka({ type: "internal", tls: false }), config },
]);
