import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

import type { Ground } from "../ground";
import { command } from "../obtain/command";

/** Days that certificates are valid: a lakehouse on one machine keeps them. */
const DAYS = "3650";

/** File of the CA's certificate, which Strimzi keeps in the Secret that clients mount. */
export const authority = (ground: Ground): string => ground.path("kafka-certificates", "ca.crt");

/** File with key and certificate of a common name. */
export const identity = (ground: Ground, name: string): string => ground.path("kafka-certificates", `${name}.pem`);

/** Makes the certificates as the operator does: a CA of the cluster, and certificates of the nodes and of the operator. */
export async function makeCertificates(ground: Ground, names: readonly string[]): Promise<void> {
  const ca = authority(ground);
  if (existsSync(ca)) return;
  const file = (name: string) => ground.path("kafka-certificates", name);
  const fresh = ["-newkey", "rsa:2048", "-nodes"];
  const subject = (name: string) => ["-subj", `/O=io.strimzi/CN=${name}`];
  const openssl = (...args: string[]) => command(["openssl", ...args]);
  await openssl(
    "req",
    "-x509",
    ...fresh,
    "-days",
    DAYS,
    "-keyout",
    file("ca.key"),
    "-out",
    ca,
    ...subject("cluster-ca"),
  );
  writeFileSync(file("names"), "subjectAltName=IP:127.0.0.1\n");
  for (const name of names) {
    const [key, request, signed] = ["key", "csr", "crt"].map((end) => file(`${name}.${end}`)) as [
      string,
      string,
      string,
    ];
    await openssl("req", "-new", ...fresh, "-keyout", key, "-out", request, ...subject(name));
    const by = ["-CA", ca, "-CAkey", file("ca.key"), "-CAcreateserial"];
    await openssl("x509", "-req", "-in", request, ...by, "-days", DAYS, "-extfile", file("names"), "-out", signed);
    writeFileSync(identity(ground, name), "", { mode: 0o600 });
    for (const part of [key, signed]) appendFileSync(identity(ground, name), readFileSync(part));
  }
}
