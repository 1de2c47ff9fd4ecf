import assert from "node:assert/strict";

import { settingsFromConfig } from "../../../components/settings";
import { CATALOGUE } from "../../support/catalogue";
import { shippedConfig } from "../../support/stacks";

const config = shippedConfig("dev");
const mistakes = (more: Readonly<Record<string, string>>): string => {
  try {
    settingsFromConfig({ ...config.values, ...CATALOGUE, ...more });
    return "";
  } catch (error) {
    return String(error);
  }
};
const changed = (section: string, more: object) => {
  const key = `lakehouse:${section}`;
  return { [key]: JSON.stringify({ ...(JSON.parse(CATALOGUE[key] ?? "{}") as object), ...more }) };
};

describe("settings of OpenMetadata", () => {
  it("are right with OpenSearch and cert-manager", () => {
    assert.equal(mistakes({}), "");
  });

  it("are a line each without a search store, without cert-manager, and where the store is Elasticsearch", () => {
    assert.match(
      mistakes(changed("storage", { opensearch: { enabled: false } })),
      /openmetadata\.enabled: given true, which needs a search store/,
    );
    assert.match(
      mistakes(changed("cluster", { certManager: false })),
      /openmetadata\.enabled: given true, which needs cert-manager/,
    );
    const elastic = { opensearch: { enabled: false }, elasticsearch: { enabled: true } };
    assert.match(
      mistakes({ ...changed("storage", elastic), "lakehouse:licences": JSON.stringify({ allow: ["Elastic-2.0"] }) }),
      /openmetadata\.enabled: given true while the search store is Elasticsearch 8/,
    );
  });
});
