import assert from "node:assert/strict";

import { kindCluster } from "../../../bootstrap/kind";
import { Lakehouse } from "../../../components/lakehouse";
import { record } from "../../support/record";
import { settingsOf } from "./settings";

interface Inputs {
  readonly minioServer?: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly spec?: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

/** What kind opens, what the stack's Services listen on, and what Pulumi's providers call are one and the same. */
describe("the dev stack on kind", () => {
  it("is reached by Pulumi's providers through the ports that kind opens", async () => {
    const settings = settingsOf("dev");
    const opened = kindCluster(settings, "dev").nodes.flatMap(({ extraPortMappings = [] }) => extraPortMappings);
    const { registered } = await record<Inputs, Lakehouse>(() => new Lakehouse("lakehouse", { settings }));
    const of = (type: string) => registered.filter((one) => one.type === type).map(({ inputs }) => inputs);
    const called = [
      ...of("pulumi:providers:minio").map(({ minioServer }) => minioServer),
      ...of("pulumi:providers:postgresql").map(({ host, port }) => `${String(host)}:${String(port)}`),
    ];
    assert.equal(called.length, 2);
    assert.deepEqual(
      called,
      opened.map(({ listenAddress, hostPort }) => `${listenAddress}:${String(hostPort)}`),
    );
    const nodePorts = of("kubernetes:core/v1:Service").flatMap(({ spec }) =>
      (spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []),
    );
    assert.deepEqual(nodePorts.sort(), opened.map(({ containerPort }) => containerPort).sort());
  });
});
