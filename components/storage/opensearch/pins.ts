import { pinned } from "../../core/pins";

const release = {
  version: "3.8.0",
  licence: "Apache-2.0",
  held: {
    pin: "3.8.0",
    newest: "3.9.0",
    read: "2026-11-29",
    why: "the newest whose image others have described at work, with repository-s3 installed into it",
  },
} as const;

export const pins = pinned({
  opensearch: { ...release, image: "docker.io/opensearchproject/opensearch:{version}" },
  opensearchDashboards: { ...release, image: "docker.io/opensearchproject/opensearch-dashboards:{version}" },
});
