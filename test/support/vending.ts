/** Settings of a stack with the catalog that gives keys: `gold` is written by Trino, and read by a program. */
export const VENDING = {
  "lakehouse:catalog": JSON.stringify({
    nessie: {
      enabled: true,
      namespaces: { gold: { write: ["trino"], read: ["reports"] }, plans: { write: ["spark"] } },
    },
  }),
} as const;
