import { ok } from "node:assert/strict";

import { printed } from "../stage";
import { stage } from "./stage";

describe("streaming engines from the rendered files of the dev stack", () => {
  it("differ from the rendered files only in allowed, printed changes", () => {
    ok(printed(stage()) > 20);
  });
});
