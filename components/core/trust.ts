import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { fingerprint } from "./fingerprint";
import { DOMAIN, labels } from "./labels";
import type { Sited } from "./site";
import { certificates, javaTrustStore, pemOf } from "./truststore";

/** The CA bundle of the settings, in every pod whose clients may use TLS (docs/decisions/0024-ca-bundle.md). */

/** Name of the ConfigMap in each namespace of the stack, and of its volume in pods. */
export const CA_BUNDLE = "lakehouse-ca";
/** Below `/mnt`, as Strimzi mounts nothing elsewhere. */
const DIRECTORY = "/mnt/lakehouse-ca";
export const PEM_FILE = "ca.pem";
const JAVA_FILE = "ca.jks";

/** The bundle in a pod, for clients that read none of the variables. */
export const CA_FILE = `${DIRECTORY}/${PEM_FILE}`;
/** The same for Java's clients that take a trust store of their own. */
export const JAVA_CA_FILE = `${DIRECTORY}/${JAVA_FILE}`;

/** What clients read: OpenSSL, Go and Python; curl; Python's requests; the AWS SDK of Python; every JVM. */
const VARIABLES: Readonly<Record<string, string>> = {
  SSL_CERT_FILE: CA_FILE,
  CURL_CA_BUNDLE: CA_FILE,
  REQUESTS_CA_BUNDLE: CA_FILE,
  AWS_CA_BUNDLE: CA_FILE,
  JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${JAVA_CA_FILE} -Djavax.net.ssl.trustStoreType=jks`,
};

const trusts = ({ site }: Sited) => site?.caBundle !== undefined;

/** Clients of PostgreSQL's own library verify its server, whatever their program says of TLS. */
const VERIFIED: Readonly<Record<string, string>> = { PGSSLMODE: "verify-full", PGSSLROOTCERT: CA_FILE };

/** Variables of each container. */
export const trustEnv = (group: Sited): Readonly<Record<string, string>> =>
  trusts(group) ? { ...VARIABLES, ...(group.site?.tls === true ? VERIFIED : {}) } : {};

/** The volume of a pod: empty without a bundle. */
export const trustVolumes = (group: Sited): { name: string; configMap: { name: string } }[] =>
  trusts(group) ? [{ name: CA_BUNDLE, configMap: { name: CA_BUNDLE } }] : [];

/** The bundle's mount in each container. */
export const trustMounts = (group: Sited): { name: string; mountPath: string; readOnly: true }[] =>
  trusts(group) ? [{ name: CA_BUNDLE, mountPath: DIRECTORY, readOnly: true }] : [];

/** Annotation of the pod: clients read the bundle once, so a changed bundle rolls the pods. */
export const trustAnnotations = ({ site }: Sited): Readonly<Record<string, string>> =>
  site?.caBundle === undefined ? {} : { [`${DOMAIN}/ca`]: site.caBundle };

/** Identifies a bundle by its certificates alone, whatever stands between them. */
export const bundleId = (pem: string): string => fingerprint(pemOf(certificates(pem)));

/** The bundle as the pods of a namespace mount it. */
export function caConfigMap(namespace: string, pem: string, opts: pulumi.CustomResourceOptions): k8s.core.v1.ConfigMap {
  const all = certificates(pem);
  return new k8s.core.v1.ConfigMap(
    `${namespace}-ca`,
    {
      metadata: { name: CA_BUNDLE, namespace, labels: labels({ service: CA_BUNDLE, role: "ca" }) },
      data: { [PEM_FILE]: pemOf(all) },
      binaryData: { [JAVA_FILE]: javaTrustStore(all).toString("base64") },
    },
    opts,
  );
}
