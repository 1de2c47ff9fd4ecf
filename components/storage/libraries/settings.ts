import { z } from "zod";

import { disk, port, section, size, withDefaults } from "../../fields/fields";
import { cidr } from "../../fields/ranges";

/** The pods that download pinned libraries and serve them to all others. */
export const libraries = withDefaults(
  section({
    server: size({ replicas: 2, cpu: 0.1, memory: "128Mi" }),
    volume: disk
      .prefault("4Gi")
      .describe("volume of one pod: this release's libraries and those of the one before, 2 GiB; default 4Gi"),
    source: section({
      cidrs: z
        .array(cidr)
        .min(1)
        .optional()
        .describe(
          "addresses of lakehouse:cluster.mavenMirror; default: the address in its URL, or 0.0.0.0/0 for a host name",
        ),
      targetPort: port
        .optional()
        .describe("port of the mirror's pods where it is a Service of this cluster; default: the URL's port"),
    }).prefault({}),
  }),
).describe("libraries that upstream's images lack, for the pods of systems with jars: fetch");

export type LibrarySettings = z.output<typeof libraries>;
