import { pinned } from "../../core/pins";
import { shared } from "../../core/versions";

export const pins = pinned({
  // The community images of MinIO can no longer be pulled; Silo is the maintained drop-in with the same API.
  minio: {
    version: shared.minioClient.version,
    licence: shared.minioClient.licence,
    image: "docker.io/pgsty/silo:RELEASE.{version}",
  },
});
