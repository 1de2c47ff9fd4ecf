import { platform } from "../components/cluster/platform";
import type { PodGroup } from "../components/core/pod-group";
import { parseGroup } from "../components/core/pod-group-text";
import { type Settings, SettingsError, settingsFromConfig } from "../components/settings";
import { judgeBudget } from "../planner/budget";
import { cost } from "../planner/cost";
import { byName } from "../planner/order";
import { nodeLosses } from "../planner/loss";
import { pack } from "../planner/pack";
import type { Plan, PolicyReport } from "../planner/plan";
import { dataLosses } from "../planner/report/summary";
import { verdict } from "../planner/verdict";
import { volumesByClass } from "../planner/volumes";
import type { PriceBook } from "../planner/prices";
import { readBook } from "../pricing/books";
import { stackAdvice, withSettings } from "./advice";
import { type Baseline, compare, LAST, planChanges } from "./changes";
import { costInputs, ownedPods, withOwners } from "../pricing/cost";
import { judgeLosses } from "./data-loss";
import { InputError } from "../inputs/input-error";
import { type Manifest, manifests, shortName, toYaml } from "./manifests";
import { notes, transport } from "./notes";
import { ACKNOWLEDGED_FILE, type OutputFolder } from "./output";
import { PackProcess } from "./pack-process";
import { type Judgement, PolicyPack } from "./policy-pack";
import { PACK_FOLDER, PROJECT_FOLDER } from "../inputs/project";
import type { Recorded } from "./recorder";
import { programReports } from "./programs";
import { externalSecrets, isSecret, NOT_APPLICABLE, unappliable } from "./secrets";
import { mistakesIn, type StackConfig } from "../inputs/stack-file";
import { doorReports, grantReports, linkReports, systemReports } from "./systems";

export interface PlanOptions {
  /** Called with the number of resources so far. @default none */
  readonly progress?: (resources: number) => void;
  /** The plan to compare with. @default the last good plan of the stack */
  readonly against?: Baseline | Promise<Baseline>;
  /** A running pack. @default a new process of this project's pack */
  readonly pack?: PackProcess;
  /** The program to run. @default this project's */
  readonly program?: () => unknown;
  /** Value in place of generated secrets. @default a placeholder */
  readonly generated?: string;
  /** Token of a refused plan that accepts its loss of data. @default none */
  readonly acknowledge?: string;
  /** Changes the registered resources before the plan is derived from them, for tests. @default no change */
  readonly sabotage?: (resources: readonly Recorded[]) => readonly Recorded[];
}

export interface Planned {
  readonly plan: Plan;
  /** Everything that the program registered. */
  readonly resources: readonly Recorded[];
  /** Every file of the output folder but the plan itself, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** The token that accepts its losses of data; undefined if it has none or they are accepted. */
  readonly refused: string | undefined;
}

/** Settings of a stack file. @throws InputError with a line for each mistake */
export function stackSettings(config: StackConfig): Settings {
  try {
    return settingsFromConfig(config.values, config.file);
  } catch (error) {
    if (error instanceof SettingsError) throw new InputError(mistakesIn(config, error.mistakes));
    throw error;
  }
}

/** The book of prices that a stack names. @throws InputError with a line for each mistake in it */
export function stackBook(config: StackConfig, { prices }: Settings): PriceBook {
  const wrong = (message: string) => mistakesIn(config, [{ path: "lakehouse:prices.book", message }]);
  return readBook(prices.book, config.folder ?? PROJECT_FOLDER, wrong);
}

/** Runs the program in process, lets the policy pack judge every resource, and makes the plan of the stack. */
export async function planStack(
  config: StackConfig,
  output: OutputFolder,
  options: PlanOptions = {},
): Promise<Planned> {
  const settings = stackSettings(config);
  const book = stackBook(config, settings);
  const policies = new PolicyPack(options.pack ?? new PackProcess(PACK_FOLDER));
  // Pulumi captures a stack trace for every promise and gRPC for every call, which takes half of the time and shows nowhere.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = process.env.LAKEHOUSE_DEBUG === undefined ? 0 : stackTraceLimit;
  try {
    const { resources, outputs } = await run(config, book, policies, options);
    const verdicts = policies.finish(resources);
    // A mistake that is found before they are awaited is told alone.
    verdicts.catch(() => undefined);
    // Everything below is computed while the pack judges.
    const all = manifests(resources).map(unappliable);
    const texts = new Map(
      all.map((each) => [each.path, toYaml(each.content, isSecret(each) ? NOT_APPLICABLE : undefined)]),
    );
    const ground = platform(settings);
    const groups = withSettings(podGroups(resources), ground, settings);
    const machines = ground.nodes;
    const packing = pack(machines, groups);
    const { nodes, unplaced } = packing;
    const baseline = (await options.against) ?? lastPlan(output);
    const compared = compare(all, texts, baseline);
    const { resources: changes, previousCost, accepted } = compared;
    const losses = judgeLosses(
      config.stack,
      accepted ? [] : dataLosses(changes),
      output.acknowledged(),
      options.acknowledge,
    );
    const bill = cost(
      withOwners(groups, ownedPods(ground, settings)),
      { ...costInputs(ground, settings), ...(previousCost !== undefined && { previous: previousCost }) },
      book,
    );
    const policyReport = withViolations(report(await verdicts, all), [
      ...losses.violations,
      ...judgeBudget(bill, settings.prices.budget),
    ]);
    const ways = linkReports(resources, ground, settings);
    const volumes = volumesByClass(machines, groups);
    const difference = planChanges({ nodes, volumes, links: ways, cost: bill }, baseline, compared);
    const plan: Plan = {
      version: 1,
      stack: config.stack,
      verdict: verdict(unplaced, policyReport),
      resources: { total: resources.length, byType: countByType(resources), ...changes },
      ...(difference !== undefined && { changes: difference }),
      nodes,
      unplaced,
      // Pods that are pending without a loss would appear at every node.
      ...(unplaced.length > 0
        ? { advice: stackAdvice(config, { nodes: machines, groups }, packing) }
        : { losses: nodeLosses(machines, groups, nodes) }),
      volumes,
      policies: policyReport,
      notes: [...notes(config, settings), ...transport(settings, ways)],
      cost: bill,
      links: ways,
      grants: grantReports(outputs, ground, settings),
      systems: systemReports(settings),
      programs: programReports(settings, all),
      doors: doorReports(ground, settings),
      outputs,
    };
    const external = [...externalSecrets(config.stack, all)].map(([path, content]) => [path, toYaml(content)] as const);
    const files = new Map([...texts, ...external]);
    if (losses.acknowledged.length > 0)
      files.set(ACKNOWLEDGED_FILE, `${JSON.stringify(losses.acknowledged, null, 2)}\n`);
    return { plan, resources, files, refused: losses.refused };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    policies.stop();
  }
}

/** The last good plan of a stack, as a baseline. */
function lastPlan(output: OutputFolder): Baseline | undefined {
  const base = output.base();
  return base === undefined ? undefined : { name: LAST, ...base };
}

async function run(
  config: StackConfig,
  book: PriceBook,
  policies: PolicyPack,
  options: PlanOptions,
): Promise<{ resources: readonly Recorded[]; outputs: Plan["outputs"] }> {
  const { progress, sabotage, generated } = options;
  // Loaded here and not above, so that the pack starts on another core while Pulumi's SDKs load.
  const { record } = require("./recorder") as typeof import("./recorder");
  const lakehouse = () => require("../index") as (prices: PriceBook) => unknown;
  const program = options.program ?? (() => lakehouse()(book));
  let seen = 0;
  const recorder = await record(program, config, {
    project: "lakehouse",
    stack: config.stack,
    ...(generated === undefined ? {} : { generated }),
    onResource: (resource) => {
      progress?.(++seen);
      if (sabotage === undefined) policies.analyze(resource);
    },
  });
  const byUrn = (one: Recorded, other: Recorded) => byName(one.urn, other.urn);
  const resources = (sabotage?.(recorder.recorded) ?? recorder.recorded).toSorted(byUrn);
  if (sabotage !== undefined) for (const resource of resources) policies.analyze(resource);
  return { resources, outputs: recorder.outputs };
}

/** The pod groups that the components declare in their `pods` inputs. */
export function podGroups(resources: readonly Recorded[]): PodGroup[] {
  return resources.flatMap(({ inputs }) =>
    Array.isArray(inputs.pods) ? (inputs.pods as string[]).map(parseGroup) : [],
  );
}

/** The report of the pack with violations of the plan itself. */
const withViolations = (report: PolicyReport, violations: PolicyReport["failed"]): PolicyReport => ({
  ...report,
  failed: [...report.failed, ...violations],
});

function countByType(resources: readonly Recorded[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts.entries()].toSorted(([one], [other]) => byName(one, other)));
}

function report(found: Judgement, all: readonly Manifest[]): PolicyReport {
  const names = new Map(all.map(({ urn, path }) => [urn, shortName(path)]));
  const failed = found.violations
    .map(({ policy, level, urn, message }) => {
      const field = /^([^\s:]+): /.exec(message);
      return {
        policy,
        level,
        resource: names.get(urn) ?? urn.split("::").at(-1) ?? "",
        field: field?.[1] ?? "",
        message: field === null ? message : message.slice(field[0].length),
      };
    })
    .toSorted((one, other) => byName(JSON.stringify(one), JSON.stringify(other)));
  const broken = new Set(failed.filter(({ level }) => level === "mandatory").map(({ policy }) => policy));
  return { passed: found.policies.filter((policy) => !broken.has(policy)).length, failed };
}
