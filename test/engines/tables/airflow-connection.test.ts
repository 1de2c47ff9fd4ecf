import { ok } from "node:assert/strict";

import { hooked } from "../../../sandbox/engines/airflow/airflow";
import { WITH_AIRFLOW } from "../existing-airflow";
import { stage } from "./stage";

describe("the connection that the stack gives to Airflow", () => {
  it("lets a task query Trino", async () => {
    const { ground } = stage();
    const hook = "from airflow.providers.trino.hooks.trino import TrinoHook";
    const query = "select current_user, current_catalog, 40 + 2";
    const code = `${hook}\nprint(tuple(TrinoHook("lakehouse_trino").get_first("${query}")))`;
    const out = await hooked(ground, await ground.rendered.having(WITH_AIRFLOW), code);
    ok(out.includes("('airflow', 'lakehouse', 42)"), out);
  });
});
