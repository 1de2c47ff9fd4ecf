import { deepEqual, equal, ok } from "node:assert/strict";

import fc from "fast-check";

import type { LinkReport, Plan } from "../../../planner/plan";
import { narrowDrawing, wideDrawing } from "../../../planner/report/topology/layout";
import { edgesOf, OUTSIDE, ports, topology } from "../../../planner/topology";

const system = (name: string, layer: string) => ({ name, layer, summary: `what ${name} is for` });
const link = (client: string, server: string, port: number, of: Partial<LinkReport> = {}): LinkReport => ({
  from: client,
  to: server,
  port,
  protocol: "TCP",
  client,
  server,
  policies: [],
  ...of,
});
const plan: Pick<Plan, "systems" | "links"> = {
  systems: [
    system("minio", "storage"),
    system("postgres", "storage"),
    system("hive", "catalog"),
    system("trino", "query"),
  ],
  links: [
    link("trino", "hive", 9083, { from: "trino-worker", policies: ["query/trino-to-hive"] }),
    link("trino", "hive", 9001, { policies: ["query/trino-to-rest"] }),
    link("trino", "minio", 9000),
    link("hive", "postgres", 5432),
    link("postgres", "minio", 9000),
    link("trino", "trino", 8080, { from: "trino", to: "trino-nodes" }),
    link("prometheus", "trino", 9090),
    link("all", "dns", 53, { protocol: "UDP", policies: ["query/all-to-dns"] }),
    link("all", "dns", 53, { protocol: "UDP", policies: ["storage/all-to-dns"] }),
    link("all", "dns", 53, { policies: ["query/all-to-dns-tcp"] }),
  ],
};

describe("the topology of a plan", () => {
  const graph = topology(plan);

  it("has a lane for each layer, clients above servers, and what the stack does not run below", () => {
    deepEqual(graph.lanes, [
      { name: "query", systems: ["trino"] },
      { name: "catalog", systems: ["hive"] },
      { name: "storage", systems: ["minio", "postgres"] },
      { name: OUTSIDE, systems: ["prometheus", "all", "dns"] },
    ]);
  });

  it("has one edge for all links between two systems in one direction, with ports and policies", () => {
    const [edge] = graph.edges;
    deepEqual([edge!.client, edge!.server, ports(edge!)], ["trino", "hive", ["TCP 9001", "TCP 9083"]]);
    deepEqual(
      edge!.flows.map(({ from, to, policies }) => [from, to, policies]),
      [
        ["trino-worker", "hive", ["query/trino-to-hive"]],
        ["trino", "hive", ["query/trino-to-rest"]],
      ],
    );
    equal(graph.edges.length, 7);
  });

  it("has equal links of several namespaces once, with the policies of all", () => {
    const dns = graph.edges.find(({ server }) => server === "dns")!;
    deepEqual(ports(dns), ["TCP 53", "UDP 53"]);
    deepEqual(dns.flows[0]!.policies, ["query/all-to-dns", "storage/all-to-dns"]);
    equal(dns.flows.length, 2);
  });

  it("tells what a system uses, who uses it, and its own links apart", () => {
    const { to, from, within } = edgesOf("trino", graph);
    deepEqual(
      [to.map(({ server }) => server), from.map(({ client }) => client), within.map(({ flows }) => flows[0]!.to)],
      [["hive", "minio"], ["prometheus"], ["trino-nodes"]],
    );
  });

  it("has the links' own ends where a plan does not name systems", () => {
    const { lanes, edges } = topology({ links: [{ from: "a", to: "b", port: 1, protocol: "TCP" }] });
    deepEqual(lanes, [{ name: OUTSIDE, systems: ["a", "b"] }]);
    equal(edges.length, 1);
  });
});

describe("the drawing of a topology", () => {
  it("has a way for every pair, and shows those to the outside only where an end is chosen", async () => {
    const graph = topology(plan);
    const { edges } = await wideDrawing(graph);
    deepEqual(edges.map(({ edge: { client, server }, quiet }) => `${quiet ? "(" : ""}${client} ${server}`).toSorted(), [
      "(all dns",
      "(prometheus trino",
      "hive postgres",
      "postgres minio",
      "trino hive",
      "trino minio",
    ]);
    ok(edges.every(({ path }) => /^M[\d.-]+ [\d.-]+[CL]/.test(path)));
  });

  it("keeps every system in its lane, apart from all others, whatever links there are", async () => {
    const name = fc.integer({ min: 0, max: 14 }).map((of) => `s${String(of)}`);
    const graphs = fc.record({
      systems: fc.uniqueArray(
        fc.tuple(name, fc.constantFrom("query", "catalog", "storage")).map(([of, layer]) => system(of, layer)),
        { selector: (of) => of.name, maxLength: 12 },
      ),
      links: fc.array(
        fc.tuple(name, name).map(([one, other]) => link(one, other, 1)),
        { minLength: 1, maxLength: 30 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(graphs, async (of) => {
        const graph = topology(of);
        for (const drawing of [await wideDrawing(graph), narrowDrawing(graph)]) {
          const { systems, lanes, width, height } = drawing;
          equal(systems.length, graph.lanes.flatMap((lane) => lane.systems).length);
          for (const [at, one] of systems.entries()) {
            const lane = graph.lanes.findIndex((each) => each.systems.includes(one.name));
            const around = lanes[lane]!;
            ok(one.y >= around.y && one.y + one.height <= around.y + around.height, one.name);
            ok(one.x >= 0 && one.x + one.width <= width && one.y + one.height <= height, one.name);
            for (const other of systems.slice(at + 1))
              ok(
                one.x + one.width <= other.x ||
                  other.x + other.width <= one.x ||
                  one.y + one.height <= other.y ||
                  other.y + other.height <= one.y,
                `${one.name} covers ${other.name}`,
              );
          }
          for (const [at, lane] of lanes.slice(1).entries()) ok(lanes[at]!.y + lanes[at]!.height <= lane.y, lane.name);
        }
      }),
      { numRuns: 25 },
    );
  });
});
