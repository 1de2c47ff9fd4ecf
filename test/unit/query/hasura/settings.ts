import { settingsFrom } from "../../../../components/settings";
import { hasura, type HasuraSettings } from "../../../../components/query/hasura/settings";

/** A shop: customers see and change their own orders, the staff sees all of them, everybody the catalogue. */
export const SHOP = {
  name: "shop",
  database: "shop",
  tables: [
    {
      name: "orders",
      sequences: ["orders_id_seq"],
      relationships: [
        { name: "items", to: "many", table: "order_items", columns: { id: "order_id" } },
        { name: "customer", to: "one", table: "customers", columns: { customer_id: "id" } },
      ],
      roles: {
        customer: {
          select: { columns: ["total", "id"], rows: { customer_id: { _eq: "X-Hasura-User-Id" } }, limit: 50 },
          insert: { columns: ["total"], check: { total: { _gte: 0 } }, set: { customer_id: "X-Hasura-User-Id" } },
          update: {
            columns: ["note"],
            rows: { _and: [{ customer_id: { _eq: "X-Hasura-User-Id" } }, { shipped_at: { _is_null: true } }] },
            set: { changed_by: "X-Hasura-User-Id" },
          },
        },
        staff: {
          select: { columns: ["id", "total", "note"], rows: {}, aggregations: true },
          delete: { rows: { customer: { country: { _in: ["DE", "FR"] } } } },
        },
      },
    },
    { name: "order_items", roles: { staff: { select: { columns: ["order_id", "price"], rows: {} } } } },
    { name: "customers" },
    {
      schema: "catalogue",
      name: "products",
      roles: { anonymous: { select: { columns: ["name"], rows: { hidden: { _eq: false } } } } },
    },
  ],
} as const;

export const settings = (given: object = {}): HasuraSettings => hasura.parse(given);
export const shop = (given: object = {}): HasuraSettings => settings({ sources: [SHOP], ...given });

/** One table with roles. */
export const table = (roles: object, more: object = {}) => ({
  sources: [{ name: "shop", database: "shop", tables: [{ name: "orders", roles, ...more }] }],
});

/** Settings of a stack with Hasura. */
export const stackOf = (hasura: object, cluster: object = {}) =>
  settingsFrom({
    preset: "dev",
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster,
    storage: { objects: { kind: "minio", admin: { host: "127.0.0.1", port: 9000 } } },
    query: { hasura },
  });
