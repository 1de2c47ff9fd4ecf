import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Time and memory of a plan, as ratios within one run: homelab against the bare import of the two Pulumi SDKs, as medians of cold
 * processes; and their growth up to 5 000 objects.
 */

const ROOT = join(__dirname, "..");
const RUNS = 7;
const SIZES = [500, 1000, 2500, 5000];

interface Sample {
  readonly seconds: number;
  /** Greatest resident memory of the process, in MB. */
  readonly megabytes: number;
}

function run(args: readonly string[]): Sample {
  // The child process prints its peak memory itself.
  const report = join(__dirname, "peak-memory.js");
  const start = process.hrtime.bigint();
  const child = spawnSync(process.execPath, ["-r", report, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = /^peak-memory (\d+)$/m.exec(child.stderr)?.[1];
  if (child.status !== 0 || peak === undefined) throw new Error(`${args.join(" ")} failed:\n${child.stderr}`);
  return { seconds, megabytes: Number(peak) };
}

function median(samples: readonly Sample[]): Sample {
  const middle = (of: keyof Sample) =>
    samples.map((sample) => sample[of]).sort((one, other) => one - other)[Math.floor(samples.length / 2)] ?? 0;
  return { seconds: middle("seconds"), megabytes: middle("megabytes") };
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const show = ({ seconds, megabytes }: Sample) => `${seconds.toFixed(2)} s, ${String(megabytes)} MB`;

function homelab(out: string): void {
  const bare: Sample[] = [];
  const plan: Sample[] = [];
  // Alternately, so that a busy moment of the machine falls on both.
  for (let index = 0; index < RUNS; index++) {
    bare.push(run(["-e", "require('@pulumi/pulumi'); require('@pulumi/kubernetes')"]));
    plan.push(run(["bin/lakehouse.js", "plan", "--stack", "homelab", "--out", out]));
  }
  const [one, other] = [median(bare), median(plan)];
  say(`import of the two Pulumi SDKs   ${show(one)}`);
  say(`lakehouse plan, homelab         ${show(other)}`);
  say(`ratio of time                   ${(other.seconds / one.seconds).toFixed(2)} (goal: under 3)`);
  say(`memory                          ${String(other.megabytes)} MB (goal: under 400)`);
}

function growth(out: string): void {
  const samples = SIZES.map((objects) => ({
    objects,
    // Each in a folder of its own: there is no plan to compare with.
    ...run(["-r", "./scripts/register.js", "bench/synthetic.ts", String(objects), join(out, String(objects))]),
  }));
  for (const sample of samples) {
    say(
      `${String(sample.objects).padStart(5)} objects                   ${show(sample)}, ${((1000 * sample.seconds) / sample.objects).toFixed(2)} ms an object`,
    );
  }
  const [first, last] = [samples[1], samples.at(-1)];
  if (first === undefined || last === undefined) return;
  const ratio = last.seconds / last.objects / (first.seconds / first.objects);
  say(
    `time an object, ${String(last.objects)} to ${String(first.objects)}     ${ratio.toFixed(2)} (linear: at most 1)`,
  );
}

/** A plan of 5 000 objects that all differ from the last one, against a plan without a last one. */
function difference(out: string): void {
  const objects = String(SIZES.at(-1));
  const plan = (revision: string) => run(["-r", "./scripts/register.js", "bench/synthetic.ts", objects, out, revision]);
  const [alone, compared] = [plan("1"), plan("2")];
  say(`${objects} objects that differ          ${show(compared)}`);
  say(`ratio to a plan of them         ${(compared.seconds / alone.seconds).toFixed(2)} (goal: under 2)`);
}

const folder = mkdtempSync(join(tmpdir(), "lakehouse-bench-"));
try {
  homelab(folder);
  growth(folder);
  difference(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
