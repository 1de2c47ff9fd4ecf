import { platform } from "../components/cluster/platform";
import type { Settings } from "../components/settings";

/** What somebody must know or do besides `pulumi up`: it changes no verdict. */
export function notes(stack: string, settings: Settings): string[] {
  return [...guesses(settings), ...byHand(stack, settings)];
}

function guesses({ cluster: { apiServer } }: Settings): string[] {
  if (apiServer.cidrs !== undefined) return [];
  return [
    "lakehouse:cluster.apiServer.cidrs is a guess, all private IPv4 ranges; set what `kubectl -n default get endpointslice kubernetes` shows",
  ];
}

function byHand(stack: string, settings: Settings): string[] {
  if (!settings.cluster.labelNodes) return [];
  const tainted = platform(settings).nodes.filter(({ taint }) => taint !== undefined);
  if (tainted.length === 0) return [];
  const pools = [...new Set(tainted.map(({ pool }) => pool))].join(", ");
  return [
    `nodes of ${pools} get their pool's taint by \`lakehouse taints -s ${stack} --apply\`, after \`pulumi up\`: it keeps the taints that they have`,
  ];
}
