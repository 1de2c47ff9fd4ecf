import { pins } from "../../../components/pins";
import { description } from "../description";

const FOLDERS = ["bin", "conf", "lib", "providers", "themes"];

export const keycloak = description({
  artefacts: {
    keycloak: {
      what: "Keycloak",
      version: pins.keycloak.version,
      extra: true,
      from: {
        kind: "maven",
        coordinates: `org.keycloak:keycloak-quarkus-dist:${pins.keycloak.version}:tar.gz`,
        unpack: { keep: { ".": FOLDERS } },
      },
    },
  },
  proofs: [
    {
      system: "Keycloak",
      from: "start script, variables and probes of the server, and the task with its program, realm and Secrets; PostgreSQL with the stack's roles. openssl makes the certificate of the rendered Certificate by an authority of the test's; Temurin stands in for the image's Java, and this machine's Python for that of the task's image",
      seen: [
        "starts Keycloak from its rendered files below a read-only root, with the issuer of the settings",
        "brings realm, groups, people and clients to Keycloak, and changes nothing the second time",
        "lets a person in by the first password, asks for another one, and tells who that is and in which groups",
        "refuses a wrong password, a client with another secret, and an address that is not the client's",
        "brings changed groups, people and generations to Keycloak, and keeps the passwords that people chose",
        "keeps everything when Keycloak is killed",
        "tells the series that Keycloak's alerts and panels ask for",
        "has no secret of Keycloak in the process list, in mounted files or in what the task says",
        "signs people in to JupyterHub by Keycloak's page in a real browser, and nobody whom the settings do not name",
        "gives Keycloak's administrator a new password by generation (slow)",
      ],
    },
  ],
  allowed: [],
  absent: [
    [
      "several replicas of Keycloak at once",
      "they listen on the same ports of all addresses; one has been seen, and with it the tables in which replicas find one another",
    ],
    ["the images of Keycloak and of Python", "no registry of images is reached"],
  ],
});
