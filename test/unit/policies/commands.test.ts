import assert from "node:assert/strict";

import { Field } from "../../../policies/core/field";
import { fetches } from "../../../policies/network/commands";

const inside = (host: string) => !host.includes(".") || host.endsWith(".svc");
const found = (container: object) =>
  fetches(Field.made(container, ""), inside).map(({ command, ports, field }) => [command, ports.join(), field.path]);
const script = (text: string, more: object = {}) => found({ command: ["/bin/bash", "-euc"], args: [text], ...more });

describe("commands that fetch from the internet", () => {
  const fetching: [string, string, string][] = [
    ["cd /jars && mvn -q dependency:copy -Dartifact=a:b:1", "mvn", "443"],
    ["set -e\nexec python3 -m pip install --no-cache-dir dbt", "pip", "443"],
    ["if true; then NODE_ENV=production npm ci; fi", "npm", "443"],
    ["apt-get update", "apt-get", "80,443"],
    ["/sbin/apk add --no-cache curl", "apk", "80,443"],
    ["curl -fsSL \\\n  https://get.example.com/tool | tar x", "curl", "443"],
    ["wget http://files.example.com:8081/a.jar", "wget", "8081"],
    ["git clone https://user@git.example.com/x.git", "git", "443"],
    ["pip install --index-url http://pypi.example.com:8080/simple dbt", "pip", "443,8080"],
  ];
  for (const [text, command, ports] of fetching) {
    it(`are found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(script(text), [[command, ports, "args[0]"]]);
    });
  }

  const harmless = [
    "echo use pip install",
    "# mvn package",
    "mvn --offline package",
    "pip install --no-index /wheels/a.whl",
    "npm run build",
    "git pull",
    "curl -f http://localhost:8080/health",
    "curl https://api.back.svc/ready",
    "curl https://10.0.0.7/ready",
    "curl https://$HOST/ready",
    "curl https://repo.${DOMAIN}/ready",
    "mvn package -Drepo=http://nexus.tools.svc:8081/maven",
    "java -jar app.jar",
  ];
  for (const text of harmless) {
    it(`are not found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(script(text), []);
    });
  }

  it("are found without a shell", () => {
    assert.deepEqual(found({ command: ["tini", "--", "npx"], args: ["serve"] }), [["npx", "443", "command[0]"]]);
  });
  it("are not found in a script file outside of the manifests", () => {
    assert.deepEqual(found({ command: ["sh", "/scripts/install.sh"] }), []);
  });
  it("are allowed behind a proxy, or with a mirror in the cluster", () => {
    const env = (name: string, value: string) => ({ env: [{ name, value }] });
    assert.deepEqual(script("pip install dbt", env("HTTPS_PROXY", "http://10.0.0.9:3128")), []);
    assert.deepEqual(script("pip install dbt", env("PIP_INDEX_URL", "http://pypi.tools.svc/simple")), []);
    assert.equal(script("pip install dbt", env("CATALOG", "http://rest.tools.svc/")).length, 1);
  });
});
