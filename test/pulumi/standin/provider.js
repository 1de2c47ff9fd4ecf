"use strict";
// A stand-in for Pulumi's provider plugins, for tests of the engine only: it answers every operation with what it was given
// and makes nothing. It is found as pulumi-resource-<name> on the PATH; STANDIN_NAME and STANDIN_VERSION say whose place it takes.
const provider = require("@pulumi/pulumi/provider");

const { keepConfiguration, replacedFields } = require("./maps");

// What a real provider would generate, with the name of the resource. The same in every run, so that a test can look for it
// where it must not be, and servers can be started with it.
const GENERATED = process.env.STANDIN_GENERATED ?? "canary-4be1f07d";
const PAUSE_MS = Number(process.env.STANDIN_PAUSE_MS ?? 0);
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const given = ({ result: _result, ...rest }) => rest;

class Standin {
  version = process.env.STANDIN_VERSION;

  async check(_urn, _olds, news) {
    return { inputs: news, failures: [] };
  }

  async diff(_id, urn, olds, news) {
    const replaces = replacedFields(urn.split("::")[2].split("$").pop(), olds, news);
    return {
      changes: JSON.stringify(given(olds)) !== JSON.stringify(given(news)),
      ...(replaces.length === 0 ? {} : { replaces, deleteBeforeReplace: true }),
    };
  }

  async create(urn, inputs) {
    await pause();
    const generated = urn.includes("RandomPassword") ? { result: `${GENERATED}-${urn.split("::").pop()}` } : {};
    return { id: `standin-${urn.split("::").pop()}`, outs: { ...inputs, ...generated } };
  }

  async update(_id, urn, olds, news) {
    return { outs: { ...news, ...(urn.includes("RandomPassword") ? { result: olds.result } : {}) } };
  }

  async read(id, _urn, props) {
    return { id, props };
  }

  async delete() {}
}

keepConfiguration();
provider.main(new Standin(), process.argv.slice(2));
