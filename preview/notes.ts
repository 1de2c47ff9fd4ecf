import { platform } from "../components/cluster/platform";
import { settingsOf } from "../components/core/system";
import { stackDoors, stackFacts, systemsOn } from "../components/facts";
import { type Settings, settingsHints } from "../components/settings";
import { formatNotes } from "../components/settings/locked-out";
import type { LinkReport } from "../planner/plan";
import type { StackConfig } from "../inputs/stack-file";

/** Hints and manual steps in addition to `pulumi up`. They do not change the verdict. */
export function notes({ stack, values }: Pick<StackConfig, "stack" | "values">, settings: Settings): string[] {
  return [
    ...settingsHints(values),
    ...guesses(settings),
    ...derived(settings),
    ...openToAnyone(settings),
    ...formatNotes(settings),
    ...manualSteps(stack, settings),
  ];
}

/** What is readable on the way between pods, said of laptops too: so nobody takes them for more. Names are asked of nodes in any case. */
export function transport({ cluster: { tls } }: Settings, links: readonly LinkReport[]): string[] {
  if (!tls)
    return [
      "programs of the stack speak with each other without TLS: lakehouse:cluster.tls is false, and network policies alone decide who may listen",
    ];
  const plain = links.filter((link) => link.tls !== true && !link.to.startsWith("dns-"));
  const servers = [...new Set(plain.map(({ server, to }) => server ?? to))].sort();
  return servers.length === 0 ? [] : [`without TLS in spite of lakehouse:cluster.tls: ports of ${servers.join(", ")}`];
}

/** What systems that are on say of their settings. */
const derived = (settings: Settings): string[] =>
  systemsOn(settings).flatMap((system) => system.notes?.(settingsOf(system, settings), stackFacts(settings)) ?? []);

/** Doors that whoever reaches the gateway may use. */
const openToAnyone = (settings: Settings): string[] =>
  stackDoors(platform(settings), settings)
    .filter(({ name, signIn }) => signIn === undefined && settings.doors[name]?.host !== undefined)
    .map(
      ({ name }) =>
        `WARNING: ${name} is open at https://${settings.doors[name]?.host ?? ""} and nobody signs in there: who reaches the gateway may use it`,
    );

function guesses({ cluster: { apiServer } }: Settings): string[] {
  if (apiServer.cidrs !== undefined) return [];
  return [
    "lakehouse:cluster.apiServer.cidrs is a guess, all private IPv4 ranges; set what `kubectl -n default get endpointslice kubernetes` shows",
  ];
}

function manualSteps(stack: string, settings: Settings): string[] {
  if (!settings.cluster.labelNodes) return [];
  const tainted = platform(settings).nodes.filter(({ taint }) => taint !== undefined);
  if (tainted.length === 0) return [];
  const pools = [...new Set(tainted.map(({ pool }) => pool))].join(", ");
  return [
    `nodes of ${pools} get their pool's taint by \`lakehouse taints -s ${stack} --apply\`, after \`pulumi up\`: it keeps the taints that they have`,
  ];
}
