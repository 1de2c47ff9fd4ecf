import { pins } from "../../../components/pins";
import { description } from "../description";

export const libraries = description({
  artefacts: {
    nginx: {
      what: "nginx",
      version: "1.22",
      from: { kind: "debian", package: "nginx", program: "nginx", folder: "usr/sbin" },
      standsFor: { version: pins.nginx.version, why: "no package registry has that version; this is Debian's" },
    },
    busybox: {
      what: "BusyBox, the shell and the tools of Alpine's images",
      version: "1.35",
      from: { kind: "debian", package: "busybox", program: "busybox", folder: "bin" },
      standsFor: { version: "the image's own", why: "no package registry has the image; this is Debian's" },
    },
  },
  proofs: [
    {
      system: "server of libraries",
      from: "init container, command and configuration of the StatefulSet; the unchanged init container of every pod that fetches libraries",
      seen: [
        "has no network beyond this machine",
        "downloads every library once, on the port of its URL, and serves the libraries and nothing else",
        "gives each pod its libraries within seconds through the pod's init container",
        "serves from its volume immediately after a restart",
        "lets a pod wait for a server that starts later",
        "rejects a damaged file, which the server downloads again when it restarts",
      ],
    },
  ],
  allowed: [],
  absent: [],
});
