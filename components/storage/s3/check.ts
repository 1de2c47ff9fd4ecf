import type { Mistake } from "../../fields/mistakes";
import { outsideOf } from "../../fields/ranges";
import type { S3Settings } from "./settings";

/** The endpoint's address is in `cidrs`: network policies allow no other ranges. */
export function* reachableEndpoint(objects: S3Settings): Generator<Mistake> {
  const address = outsideOf(objects.endpoint, objects.cidrs);
  if (address !== undefined)
    yield {
      path: "lakehouse:storage.objects.cidrs",
      message: `given ${objects.cidrs.join(", ")}, and ${address} of lakehouse:storage.objects.endpoint is in none of them; allowed: ranges that contain it`,
    };
}
