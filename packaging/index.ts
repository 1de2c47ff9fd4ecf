import { argocd, type Place } from "./argocd";
import { flux } from "./flux";
import { helm } from "./helm";
import { kustomize } from "./kustomize";
import { readme } from "./readme";
import { secretsPage } from "./secrets-page";
import type { Contents, Files, Packaging } from "./unit";

export { contents } from "./contents";
export { type Packaging, PACKAGINGS } from "./unit";
export type { Place } from "./argocd";

/** All files of a stack for another tool. */
export function packaged(all: Contents, packaging: Packaging, place: Place): Files {
  return new Map([
    ["README.md", readme(all, packaging, place.folder)],
    ["SECRETS.md", secretsPage(all, packaging)],
    ...files(all, packaging, place),
  ]);
}

function files(all: Contents, packaging: Packaging, place: Place): Files {
  switch (packaging) {
    case "kustomize":
      return kustomize(all);
    case "helm":
      return helm(all);
    case "argocd":
      return argocd(all, place);
    case "flux":
      return flux(all, place.folder);
  }
}
