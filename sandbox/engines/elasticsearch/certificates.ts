import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { command } from "../obtain/command";

/** Certificates as the operator makes them, in a folder: an authority, one of each node, and one for HTTP. */
export async function certify(cwd: string, nodes: readonly string[]): Promise<void> {
  mkdirSync(cwd, { recursive: true });
  const ssl = (...args: string[]) => command(["openssl", ...args], { cwd });
  const key = ["-newkey", "rsa:2048", "-nodes"];
  const subject = (text: string) => ["-subj", `/CN=${text}`];
  const authority = subject("elasticsearch-transport");
  await ssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "365", ...authority);
  for (const of of [...nodes, "http"]) {
    await ssl("req", ...key, "-keyout", `${of}.tls.key`, "-out", `${of}.csr`, ...subject(of));
    const signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
    await ssl("x509", "-req", "-in", `${of}.csr`, ...signer, "-days", "365", "-out", `${of}.tls.crt`);
  }
  for (const part of ["crt", "key"]) copyFileSync(join(cwd, `http.tls.${part}`), join(cwd, `tls.${part}`));
}
