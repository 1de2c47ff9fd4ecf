import { description } from "../description";

export const queryApi = description({
  artefacts: {
    queryApi: {
      what: "Python packages of the query API, and pytest",
      version: "1",
      from: { kind: "python", lock: "../../services/query-api/requirements-test.lock" },
    },
  },
  proofs: [
    {
      system: "Query API",
      from: "`services/query-api`, which is the code in its image, with DuckDB in the process and Valkey beside it; a stand-in answers with Trino's protocol",
      seen: ["passes its own tests, and skips none"],
    },
    {
      system: "Query API on Trino and on the tables",
      from: "the variables that the system renders, with smaller pages and a shorter wait, as one process beside the dev stack's engines; DuckDB's extensions from the lock file",
      seen: [
        "binds parameters of each type, and runs queries in Trino as the caller",
        "returns every row once in pages, cuts at the limit, and stops the query in Trino then",
        "cancels the query in Trino, only on the caller's request",
        "refuses statements that do more than read, without sending them to Trino",
        "accepts the corpus of analysts' queries, all of which Trino can parse",
        "gets the same answers from DuckDB, on tables that Trino has written",
        "answers the same query from its cache",
        "reports that Trino is down, and continues when it is back",
      ],
    },
  ],
  allowed: [],
  absent: [],
});
