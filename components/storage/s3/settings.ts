import { z } from "zod";

import { originUrl } from "../../fields/addresses";
import { section } from "../../fields/fields";
import { cidr } from "../../fields/ranges";
import { legacyMd5, region } from "../objects";

/** An S3 service outside of the cluster, whose owner grants access. */
export const s3 = section({
  kind: z.literal("s3"),
  endpoint: originUrl.describe("URL of the service; network policies allow its port"),
  cidrs: z.array(cidr).min(1).describe("addresses of the service, which network policies allow"),
  region,
  legacyMd5,
});

export type S3Settings = z.output<typeof s3>;
