import assert from "node:assert/strict";

import { type Api, ApiError, type Resource } from "../../../sandbox/control-plane/api";
import { served } from "../../../sandbox/control-plane/crds";

const SPARK = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication" };

/** A fake API server with a sequence of answers to the discovery of a group. */
function server(...answers: (readonly string[] | Error)[]): Api {
  const resources = (apiVersion: string): Promise<readonly Pick<Resource, "apiVersion" | "kind">[]> => {
    const answer = answers.shift() ?? new Error("asked once too often");
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer.map((kind) => ({ apiVersion, kind })));
  };
  return { forgetKinds: () => undefined, resources } as Partial<Api> as Api;
}

describe("kinds that an API server does not serve yet", () => {
  it("are polled, even if discovery does not list their group yet", async () => {
    const api = server(new ApiError("GET /apis", 404, "404 page not found"), [], [SPARK.kind]);
    assert.equal(await served(api, [SPARK]), false);
    assert.equal(await served(api, [SPARK]), false);
    assert.equal(await served(api, [SPARK]), true);
  });

  it("are not polled if the server refuses to answer", async () => {
    await assert.rejects(served(server(new ApiError("GET /apis", 403, "forbidden")), [SPARK]), { status: 403 });
  });
});
