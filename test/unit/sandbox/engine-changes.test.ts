import { deepEqual, equal, throws } from "node:assert/strict";

import type { Allowed } from "../../../sandbox/engines/allowed";
import { Changes } from "../../../sandbox/engines/changes";
import { flags, hadoopXml, json, properties } from "../../../sandbox/engines/formats";

const ALLOWED: readonly Allowed[] = [
  { file: /^a\/a$/, key: /^uri$/, kind: "endpoint", why: "here" },
  { file: /^a\/a$/, key: /^port$/, kind: "port", why: "here" },
  { file: /^a\/a$/, key: /^data$/, kind: "path", why: "here" },
  { file: /^a\/a$/, key: /^rules$/, kind: "added", why: "here" },
  { file: /^a\/a$/, key: /^agent$/, kind: "left out", why: "here" },
  { file: /^a\/a$/, key: /^limit$/, kind: "smaller", why: "here" },
  { file: /^a\/a$/, key: /^reserve$/, kind: "larger", why: "here" },
];

describe("changes of rendered files for engines on one machine", () => {
  const value = (key: string, from: string | undefined, to: string | undefined) =>
    new Changes(ALLOWED).value("a/a", key, from, to);

  it("are refused if they are not in the list", () => {
    throws(() => value("password", "a", "b"), /a\/a: password from a to b: this is not in the list of allowed changes/);
    throws(() => new Changes(ALLOWED).value("b/b", "uri", "http://x.svc:1", "http://127.0.0.1:1"), /not in the list/);
  });

  it("of an endpoint change only host and port", () => {
    equal(value("uri", "http://x.y.svc:9001/iceberg", "http://127.0.0.1:5/iceberg"), "http://127.0.0.1:5/iceberg");
    throws(() => value("uri", "http://x.y.svc:9001/iceberg", "http://127.0.0.1:5/other"), /kind "endpoint" only/);
    throws(() => value("uri", "http://x.y.svc:9001/iceberg", "https://127.0.0.1:5/iceberg"), /kind "endpoint" only/);
  });

  it("keep the kind of value: a port, a path, or a list with the same head", () => {
    equal(value("port", ":9000", "127.0.0.1:5"), "127.0.0.1:5");
    throws(() => value("port", ":9000", "all"), /kind "port" only/);
    throws(() => value("data", "/data", "data"), /kind "path" only/);
    equal(value("rules", "[1]", "[1,2]"), "[1,2]");
    throws(() => value("rules", "[1]", "[2,1]"), /kind "added" only/);
    throws(() => value("agent", "x", "y"), /kind "left out" only/);
  });

  it("can only lower a memory limit, and only raise its headroom", () => {
    equal(value("limit", "368MB", "64MB"), "64MB");
    for (const to of ["369MB", "0MB", "64", undefined]) {
      throws(() => value("limit", "368MB", to), /kind "smaller" only/);
    }
    equal(value("reserve", "384MB", "688MB"), "688MB");
    for (const to of ["383MB", "1GB", undefined]) throws(() => value("reserve", "384MB", to), /kind "larger" only/);
  });

  it("are recorded once each, without unchanged values", () => {
    const changes = new Changes(ALLOWED);
    equal(changes.set("a/a", "port=80\n", properties, "port", "80"), "port=80\n");
    deepEqual(changes.list, []);
    equal(changes.set("a/a", "port=80\nother=1\n", properties, "port", "81"), "port=81\nother=1\n");
    changes.set("a/a", "port=80\n", properties, "port", "81");
    deepEqual(changes.list, [{ file: "a/a", key: "port", kind: "port", from: "80", to: "81", why: "here" }]);
  });
});

describe("formats of engines' files", () => {
  it("read and set one value, and keep the rest", () => {
    equal(properties.get("a=1\na.b=2\n", "a.b"), "2");
    equal(properties.set("a=1\n", "b", "$&"), "a=1\nb=$&\n");
    equal(flags.set("-server\n-agentpath:/x\n-Xmx1G\n", "-agentpath:", undefined), "-server\n-Xmx1G\n");
    const xml = "<configuration>\n  <property><name>a.b</name><value>1</value></property>\n</configuration>";
    equal(hadoopXml.get(xml, "a.b"), "1");
    equal(hadoopXml.get(hadoopXml.set(xml, "c", "2"), "c"), "2");
    equal(hadoopXml.get(hadoopXml.set(xml, "a.b", "3"), "a.b"), "3");
    equal(json.set('{"a":[1],"b":2}', "a", "[1,2]"), '{\n  "a": [\n    1,\n    2\n  ],\n  "b": 2\n}');
  });
});
