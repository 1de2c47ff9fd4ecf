import { ok } from "node:assert/strict";

import { printed } from "../stage";
import { stage } from "./stage";

describe("engines of events from the rendered files of the dev stack", () => {
  it("differ from the rendered files by nothing but what the list allows, which is printed as well", () => {
    ok(printed(stage()) > 20);
  });
});
