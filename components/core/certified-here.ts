import { ofKind, type StackObject, type StandIn } from "./composition";
import { authority, issue, type Issuer } from "./x509";

/** What cert-manager makes of the authorities and certificates of a service, for a machine without it. */

interface CertificateObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly isCA?: boolean;
    readonly commonName: string;
    readonly secretName: string;
    readonly dnsNames?: readonly string[];
    readonly usages?: readonly string[];
    readonly issuerRef: { readonly name: string; readonly kind: string };
  };
}

interface IssuerObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly ca?: { readonly secretName: string } };
}

/**
 * A Secret with `tls.crt`, `tls.key` and `ca.crt` for each certificate of a namespace's own authorities. Keys are made anew each
 * time: who shows them and who asks for them are of the same composition.
 */
export function certificates(objects: readonly StackObject[], service: string): readonly StandIn[] {
  const all = ofKind<CertificateObject>(objects, "Certificate").filter(({ metadata }) => belongs(metadata, service));
  const issuers = ofKind<IssuerObject>(objects, "Issuer");
  const made = new Map<string, Issuer>();
  for (const { spec } of all.filter(({ spec: { isCA } }) => isCA === true))
    made.set(spec.secretName, authority(spec.commonName));
  return all.flatMap((each) => {
    const { metadata, spec } = each;
    if (spec.isCA === true) return [];
    const issuer = issuers.find(({ metadata: { name } }) => name === spec.issuerRef.name);
    const by = made.get(issuer?.spec.ca?.secretName ?? "");
    if (by === undefined) throw new Error(`${metadata.name}: no authority of ${service} certifies it`);
    const { certificate, key } = issue(by, spec);
    const data = { "tls.crt": certificate, "tls.key": key, "ca.crt": by.certificate };
    const secret = { name: spec.secretName, namespace: metadata.namespace };
    return [{ of: [each], objects: [{ apiVersion: "v1", kind: "Secret", metadata: secret, stringData: data }] }];
  });
}

const belongs = ({ name }: { readonly name: string }, service: string) => name.startsWith(`${service}-`);
