import { deepEqual } from "node:assert/strict";

import { PATIENCE } from "../../../sandbox/core/until";
import { login, Sql } from "../../../sandbox/engines/postgres/postgres";
import { PRODUCTS, VECTORS } from "./seeds";
import { stage } from "./stage";

const NEAREST = 5;

/** Square of the distance between two vectors of whole numbers, so that it is exact. */
const distance = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, at) => sum + (value - (other[at] ?? 0)) ** 2, 0);

/** IDs of the products whose vectors are nearest to that of one; of two at the same distance the smaller ID comes first. */
const nearest = (id: number): number[] => {
  const own = VECTORS[id - 1] ?? [];
  return PRODUCTS.map((each) => each.id)
    .toSorted(
      (one, other) => distance(VECTORS[one - 1] ?? [], own) - distance(VECTORS[other - 1] ?? [], own) || one - other,
    )
    .slice(0, NEAREST);
};

describe("vectors of products", function () {
  this.timeout(PATIENCE);

  it("PostgreSQL finds the nearest products to each by pgvector, as an exact computation does", async () => {
    const { ground, postgres } = stage();
    const sql = new Sql(ground, postgres.bin, login(ground, "trino"));
    const values = VECTORS.map((vector, at) => `(${String(at + 1)}, '[${vector.join(",")}]')`);
    await sql.run(
      "analytics",
      `create table product_vectors (id int primary key, embedding vector(8));
      insert into product_vectors values ${values.join(", ")}`,
    );
    const rows = await sql.run(
      "analytics",
      `select p.id, (select string_agg(n.id::text, ',' order by n.at, n.id) from
         (select id, embedding <-> p.embedding as at from product_vectors order by 2, 1 limit ${String(NEAREST)}) n)
       from product_vectors p order by 1`,
    );
    deepEqual(
      rows.split("\n").map((row) => row.split("|")[1]),
      PRODUCTS.map(({ id }) => nearest(id).join(",")),
    );
  });
});
