import { isAws } from "../../core/s3-sdk";
import type { Rule } from "../rule";

/** Presto's S3 client takes the region of its signatures from the endpoint's name: Amazon's have one, others count as us-east-1. */
export const signedRegion: Rule = function* ({ query: { presto }, storage: { objects } }) {
  if (!presto.enabled || objects.region === "us-east-1" || objects.kind === "ceph") return;
  if (objects.kind === "s3" && isAws(objects.endpoint)) return;
  yield {
    path: "lakehouse:query.presto.enabled",
    message: `given true with lakehouse:storage.objects.region ${objects.region}, and Presto signs requests to a store that is not Amazon's for us-east-1; allowed: that region, or false`,
  };
};
