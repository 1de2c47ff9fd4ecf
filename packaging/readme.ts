import { folderOf } from "./paths";
import type { Contents, Packaging, UpstreamChart } from "./unit";
import { valuesFile } from "./kustomize";

const TITLES: Readonly<Record<Packaging, string>> = {
  kustomize: "Kustomize",
  helm: "Helm",
  argocd: "Argo CD",
  flux: "Flux",
};

/** How to apply the files, in which order, and what is not among them. */
export function readme(contents: Contents, packaging: Packaging, folder: string): string {
  const { stack, units } = contents;
  return [
    `# ${stack} for ${TITLES[packaging]}`,
    "",
    `Written by \`lakehouse render --stack ${stack} --as ${packaging}\` from the settings of the stack. Change the settings and render again; what you change`,
    "in these files is gone then.",
    "",
    "## Apply",
    ...STEPS[packaging](contents, folder),
    "",
    "## Units, in the order of their needs",
    "| unit | needs | what it is |",
    "|---|---|---|",
    ...units.map(
      (unit) => `| ${packaging === "helm" ? unit.name : folderOf(unit)} | ${unit.needs.join(", ")} | ${unit.summary} |`,
    ),
    "",
    ...missing(contents, packaging),
  ].join("\n");
}

const inRepository = (folder: string) => (folder === "" ? "the top" : `\`${folder}\``);

const block = (...lines: readonly string[]) => ["```sh", ...lines, "```"];

const STEPS: Readonly<Record<Packaging, (contents: Contents, folder: string) => string[]>> = {
  kustomize: ({ units, nodes }) => {
    const charts = units.flatMap((unit) => unit.charts);
    return [
      ...block(
        ...nodesStep(nodes.length, "nodes"),
        "kubectl apply --server-side -k cluster      # namespaces, quotas, priority classes",
        "# now the Secrets: SECRETS.md",
        ...(charts.length === 0
          ? []
          : ["kubectl apply --server-side -k operators    # what the operators may reach", ...charts.map(helmInstall)]),
        "kustomize build . | kubectl apply --server-side -f -",
      ),
      ...(charts.length === 0
        ? []
        : [
            "",
            "Without commands of Helm: `kustomize build --enable-helm operators/charts | kubectl apply --server-side -f -`. Hooks of the charts do not run then.",
          ]),
      "",
      "For changes of your own, name this folder in the `resources` of a `kustomization.yaml` elsewhere, and patch there.",
    ];
  },
  helm: ({ nodes }) => [
    ...block(
      ...nodesStep(nodes.length, "k8s-manifests/nodes"),
      "helmfile apply --selector name=lakehouse-cluster    # namespaces, quotas, priority classes",
      "# now the Secrets: SECRETS.md",
      "helmfile apply",
    ),
    "",
    "`helm-charts/` has a chart for each unit, `helm-values/` the values of the operators' own charts. `values.yaml` says what may be changed.",
    "Helm cannot change a Job: delete a Job whose pods change before `helmfile apply`. `helm uninstall lakehouse-cluster` deletes the namespaces with",
    "everything in them.",
  ],
  argocd: ({ nodes }, folder) => [
    `Push these files to ${inRepository(folder)} of the repository that \`root.yaml\` names, then:`,
    ...block(...nodesStep(nodes.length, "nodes"), "kubectl apply -f root.yaml"),
    "",
    "Make the Secrets (SECRETS.md) once the Application `lakehouse-cluster` has made the namespaces. Waves wait for each other only where Argo CD",
    "assesses the health of Applications, which it does not by default. Add to the ConfigMap `argocd-cm`:",
    "",
    "```yaml",
    ...HEALTH,
    "```",
    "",
    'Charts in registries of images need a repository Secret with `enableOCI: "true"`. Nothing is pruned: what is no longer rendered may hold data.',
  ],
  flux: ({ nodes }, folder) => [
    `Push these files to ${inRepository(folder)} of the repository of the GitRepository \`flux-system\`, which \`flux bootstrap\` makes, then:`,
    ...block(...nodesStep(nodes.length, "nodes"), "kubectl apply -k flux"),
    "",
    "Make the Secrets (SECRETS.md) once the Kustomization `lakehouse-cluster` has made the namespaces. A unit starts when those that it needs are",
    "ready. Nothing is pruned: what is no longer rendered may hold data.",
  ],
};

/** From Argo CD's documentation of Applications of Applications. */
const HEALTH = [
  "data:",
  "  resource.customizations.health.argoproj.io_Application: |",
  "    hs = {}",
  '    hs.status = "Progressing"',
  '    hs.message = ""',
  "    if obj.status ~= nil and obj.status.health ~= nil then",
  "      hs.status = obj.status.health.status",
  "      if obj.status.health.message ~= nil then hs.message = obj.status.health.message end",
  "    end",
  "    return hs",
];

const nodesStep = (count: number, folder: string) =>
  count === 0
    ? []
    : [`kubectl apply --server-side -${folder === "nodes" ? "k" : "f"} ${folder}        # labels of nodes that exist`];

function helmInstall({ name, namespace, chart, version, repository, ...rest }: UpstreamChart): string {
  const source = repository.startsWith("oci://") ? `${repository}/${chart}` : `${chart} --repo ${repository}`;
  const values = `operators/charts/${valuesFile({ name, ...rest })}`;
  return `helm upgrade --install ${name} ${source} --version ${version} --namespace ${namespace} --values ${values} --wait`;
}

function missing({ secrets, elsewhere, nodes }: Contents, packaging: Packaging): string[] {
  const nodesFolder = packaging === "helm" ? "k8s-manifests/nodes/" : "nodes/";
  return [
    "## What is not among these files",
    `- **Secrets**: ${String(secrets.length)}, listed in [SECRETS.md](SECRETS.md) by name and key. No value is in any file.`,
    ...(nodes.length === 0
      ? []
      : [
          `- **Labels of nodes** stand apart in \`${nodesFolder}\`: a tool that owned a Node would delete it together with its other objects.`,
        ]),
    ...(elsewhere.size === 0
      ? []
      : [
          "- **What is made inside of running services**, by Pulumi's providers and not by Kubernetes. `pulumi up` makes it; with other tools you do:",
          ...[...elsewhere].map(([kind, names]) => `  - ${kind}: ${names.map((name) => `\`${name}\``).join(", ")}`),
        ]),
    "",
  ];
}
