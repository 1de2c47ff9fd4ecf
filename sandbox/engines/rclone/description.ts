import { description } from "../description";

export const rclone = description({
  artefacts: {
    rclone: {
      what: "rclone with its S3 store alone",
      version: "v1.76.0",
      from: { kind: "go", module: "rclone", packages: ["lakehouse/tools/rclone"] },
    },
  },
  proofs: [
    {
      system: "jobs of migrations",
      from: "the rendered CronJobs, their scripts and variables unchanged; users and rights in MinIO as rendered; SeaweedFS as the other store",
      seen: [
        "copies every object with its type, goes on after it was killed, and copies nothing twice",
        "copies what has changed and never deletes",
        "says which objects differ where they do, and ends otherwise where the other store refuses",
        "can neither write elsewhere nor delete",
      ],
    },
  ],
  allowed: [],
  absent: [],
});
