import assert from "node:assert/strict";

import { application, podOf, scheduled } from "../application";
import { at, problems, schemaOf, validator } from "../../../support/crd";
import { upstream } from "../../../support/upstream";

const CRD = "crds/spark-operator/sparkoperator.k8s.io_sparkapplications.yaml";

describe("SparkApplications against the operator's CRD", () => {
  function specs(): unknown[] {
    return [application(), application({ driver: { cpu: 0.25, memory: "896Mi" } }, null)].map((spec) => ({
      ...spec,
      suspend: true,
    }));
  }

  it("have only its fields, with its types", function () {
    const crd = upstream(CRD);
    if (crd === undefined) this.skip();
    const validate = validator(at(schemaOf(crd, "v1beta2"), "spec"));
    for (const spec of specs()) assert.deepEqual(problems(validate, spec), []);
  });

  it("have only known fields if they run on a schedule", function () {
    const crd = upstream(CRD.replace("_sparkapplications", "_scheduledsparkapplications"));
    if (crd === undefined) this.skip();
    const validate = validator(at(schemaOf(crd, "v1beta2"), "spec"));
    assert.deepEqual(problems(validate, scheduled()), []);
    assert.notDeepEqual(problems(validate, { ...scheduled(), zone: "UTC" }), []);
  });

  it("would be refused with an unknown field or a wrong type, at any depth", function () {
    const crd = upstream(CRD);
    if (crd === undefined) this.skip();
    const validate = validator(at(schemaOf(crd, "v1beta2"), "spec"));
    const spec = application();
    for (const wrong of [
      { ...spec, retries: 3 },
      { ...spec, driver: { ...spec.driver, memoryOverheads: "1m" } },
      { ...spec, driver: { ...spec.driver, cores: 0 } },
      { ...spec, dynamicAllocation: { ...spec.dynamicAllocation, shuffleTrackingTimeout: "10m" } },
      { ...spec, sparkConf: { "spark.ui.port": 4040 } },
    ])
      assert.notDeepEqual(problems(validate, wrong), []);
  });

  it("have valid pod templates, which the CRD does not validate", function () {
    const crd = upstream(CRD);
    if (crd === undefined) this.skip();
    const schema = schemaOf(crd, "v1beta2");
    const driver = (path: string) => validator(at(schema, `spec.driver.${path}`));
    const container = driver("sidecars.[]");
    const init = driver("initContainers.[]");
    const volume = validator(at(schema, "spec.volumes.[]"));
    const parts = {
      affinity: driver("affinity"),
      tolerations: driver("tolerations"),
      securityContext: driver("podSecurityContext"),
    };
    for (const { template } of [application().driver, application().executor]) {
      const pod = podOf(template);
      for (const each of pod.containers) assert.deepEqual(problems(container, each), []);
      for (const each of pod.initContainers) assert.deepEqual(problems(init, each), []);
      for (const each of pod.volumes) assert.deepEqual(problems(volume, each), []);
      for (const part of ["affinity", "tolerations", "securityContext"] as const)
        assert.deepEqual(problems(parts[part], pod[part]), []);
    }
  });
});
