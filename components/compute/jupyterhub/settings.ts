import { z } from "zod";

import { disabled, image } from "../../fields/common";
import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

/** Sizes of notebooks, the smallest first. */
export const PROFILES = ["small", "medium", "large"] as const;
export type Profile = (typeof PROFILES)[number];

const NAME =
  "a person's name: words of lower-case letters and digits joined by '-', each beginning with a letter, at most 30 characters";
const READABLE = ["bronze", "silver", "gold", "warehouse"] as const;

const person = section({
  profile: mode(...PROFILES)
    .default("small")
    .describe("size of the notebook; default small"),
  read: z
    .array(mode(...READABLE), { error: "a list of buckets: bronze, silver, gold, warehouse" })
    .default(["silver", "gold"])
    .describe("buckets that are read, besides the person's own part of the warehouse; default [silver, gold]"),
});

const profile = (replicas: number, cpu: number, memory: string) =>
  size({ replicas, cpu, memory }).describe(
    "`replicas` is how many run at the same time, of the people with this profile",
  );

export const jupyterhub = withDefaults(
  section({
    enabled: disabled,
    image: image.describe(
      "the image that is built from services/notebook; needed where it is on: nobody publishes one",
    ),
    hub: size({ cpu: 0.25, memory: "512Mi" }).describe(
      "one process: it signs people in, and makes and ends their pods",
    ),
    proxy: size({ cpu: 0.1, memory: "256Mi" }).describe("one process: every request of people passes through it"),
    small: profile(4, 0.5, "2Gi"),
    medium: profile(2, 1, "4Gi"),
    large: profile(1, 2, "8Gi"),
    home: disk.prefault("5Gi").describe("volume of each person; default 5Gi"),
    idleMinutes: count(5, 10_080)
      .default(60)
      .describe("after which a notebook that does nothing is ended, in minutes; default 60"),
    people: z
      .record(
        z
          .string({ error: NAME })
          .max(30, { error: NAME })
          .regex(/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/, { error: NAME }),
        person,
        { error: "people by name, such as { ada: { profile: small } }" },
      )
      .default({})
      .describe("who signs in, by name: profile, read; default nobody"),
  }),
).describe("a notebook for each person, with rights of the person's own");

export type JupyterhubSettings = z.output<typeof jupyterhub>;
export type PersonSettings = z.output<typeof person>;

const PATH = "lakehouse:compute.jupyterhub";

export function* complete(settings: JupyterhubSettings): Generator<Mistake> {
  if (!settings.enabled) return;
  if (settings.image === undefined)
    yield {
      path: `${PATH}.image`,
      message: "not given; allowed: the image that you have built from services/notebook and pushed",
    };
  if (Object.keys(settings.people).length === 0)
    yield { path: `${PATH}.people`, message: "names nobody; allowed: people by name, such as { ada: {} }" };
  for (const role of ["hub", "proxy"] as const)
    if (settings[role].replicas > 1)
      yield {
        path: `${PATH}.${role}.replicas`,
        message: `given ${String(settings[role].replicas)}; allowed: 1, because JupyterHub knows no second ${role}`,
      };
}
