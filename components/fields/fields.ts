import { z } from "zod";

import { BYTES_FORM, CORES_FORM, MiB, parseBytes, parseCores } from "../core/quantity";

/** The kinds of value that settings are made of. Each carries what is allowed in words, for messages and for the JSON Schema. */

/** An amount given with a unit (`24Gi`), held in bytes. */
function bytesUpTo(most: string) {
  const [least, limit] = [MiB, parseBytes(most) ?? 0];
  return z
    .string({ error: BYTES_FORM })
    .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi)$/, { error: BYTES_FORM })
    .transform((text) => parseBytes(text) ?? 0)
    .refine((value) => value >= least && value <= limit, { error: `1Mi to ${most}` });
}

/** Memory of a machine or of a pod, in bytes. The largest machines have half of that. */
export const memory = bytesUpTo("64Ti");
/** Disk of a volume or of a machine, in bytes. */
export const disk = bytesUpTo("1Pi");

const CORES = "0.001 to 4096 cores";
/** Processor share, given as cores (`2`, `0.5`) or thousandths (`500m`), held in cores. */
export const cores = z
  .union([z.number(), z.string().regex(/^\d+(\.\d+)?m?$/, { error: CORES_FORM })], { error: CORES_FORM })
  .transform((value) => (typeof value === "number" ? value : (parseCores(value) ?? 0)))
  .refine((value) => value >= 0.001 && value <= 4096, { error: CORES });

const DNS_LABEL = "lower-case letters, digits and '-', at most 63, starting and ending with a letter or digit";
/** A Kubernetes name of one DNS-1123 label. */
export const dnsLabel = z
  .string({ error: DNS_LABEL })
  .max(63, { error: DNS_LABEL })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: DNS_LABEL });

const DNS_SUBDOMAIN =
  "lower-case letters, digits, '-' and '.', at most 253, each part starting and ending with a letter or digit";
/** A Kubernetes name of several DNS-1123 labels, as nodes and storage classes have: `k8s-1.lab.local`. */
export const dnsSubdomain = z
  .string({ error: DNS_SUBDOMAIN })
  .max(253, { error: DNS_SUBDOMAIN })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, { error: DNS_SUBDOMAIN });

const BUCKET =
  "an S3 bucket name: 3 to 63 lower-case letters, digits and '-', starting and ending with a letter or digit";
export const bucketName = z.string({ error: BUCKET }).regex(/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/, { error: BUCKET });

export const count = (least: number, most = 1000) =>
  z
    .number({ error: `a whole number, ${String(least)} to ${String(most)}` })
    .int({ error: `a whole number, ${String(least)} to ${String(most)}` })
    .min(least, { error: `a whole number, ${String(least)} to ${String(most)}` })
    .max(most, { error: `a whole number, ${String(least)} to ${String(most)}` });

export const port = count(1, 65_535);
export const nodePort = count(30_000, 32_767);
/** An object that refuses unknown keys. */
export const section = z.strictObject;

const LABEL_KEY = "a name of letters, digits, '-', '_' and '.', at most 63, perhaps after a domain and '/'";
const LABEL_VALUE = "a value in quotes of letters, digits, '-', '_' and '.', at most 63";
const MOST_LABELS = 32;

/** The name of a label or a taint. */
export const labelKey = z
  .string({ error: LABEL_KEY })
  .regex(
    /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    { error: LABEL_KEY },
  );
export const labelValue = z
  .string({ error: LABEL_VALUE })
  .regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, { error: LABEL_VALUE });

/** Labels as Kubernetes takes them. */
export const labelMap = z
  .record(labelKey, labelValue, { error: "a map of labels such as { app: web }" })
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, { error: `at most ${String(MOST_LABELS)} labels` });

/** Labels that pods are selected by. */
export const podSelector = labelMap.refine((labels) => Object.keys(labels).length > 0, {
  error: "at least one label, because none selects every pod of the namespace",
});

/** A section that may be left out: it then has all its own defaults. */
export function withDefaults<S extends z.ZodObject>(schema: S) {
  return schema.prefault({} as z.input<S>);
}

/** Where pods may land: one pool, or several in order of preference. */
export const poolChoice = z
  .union([dnsLabel, z.array(dnsLabel).min(1)], { error: "the name of a pool, or a list of names" })
  .transform((value) => (typeof value === "string" ? [value] : value))
  .optional()
  .describe("pool or pools; default: the default pool");

interface SizeDefaults {
  readonly replicas?: number;
  readonly cpu: number;
  readonly memory: string;
}

/** Number, size and pools of one kind of pod. Memory is request and limit; cpu is the request, and twice that the limit. */
export function size(defaults: SizeDefaults, least = 1) {
  return section({
    replicas: count(least)
      .default(defaults.replicas ?? 1)
      .describe(`number of pods; default ${String(defaults.replicas ?? 1)}`),
    cpu: cores.prefault(defaults.cpu).describe(`cores of one pod; default ${String(defaults.cpu)}`),
    memory: memory.prefault(defaults.memory).describe(`memory of one pod; default ${defaults.memory}`),
    pool: poolChoice,
  }).prefault({});
}
export type Size = z.output<ReturnType<typeof size>>;

/** One of several words, such as `existing`, `deployed` and `off`. */
export const mode = <const T extends readonly [string, ...string[]]>(...modes: T) =>
  z.enum(modes, { error: `one of ${modes.join(", ")}` });
