import type { Libraries } from "../../components/core/capabilities";
import { serviceEndpoint, url } from "../../components/core/endpoint";
import { jarFetcher } from "../../components/core/jars";

const endpoint = serviceEndpoint({
  name: "libraries",
  peer: { kind: "pods", name: "libraries-server", namespace: "lakehouse-storage", labels: { a: "b" }, managed: true },
  service: "libraries",
  port: 8080,
});

/** A fake server that has all libraries. */
export const fakeLibraries: Libraries = {
  fetcher: (client, pins, role) => {
    client.link(endpoint, role);
    return jarFetcher(pins, url(endpoint));
  },
};
