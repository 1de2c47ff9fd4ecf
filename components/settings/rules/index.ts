import { boundRights } from "../access";
import { acceptedLicences, forbiddenLicences } from "../licences";
import { previousExists } from "../credentials";
import { satisfiedNeeds } from "../needs";
import type { Rule } from "../rule";
import type { Settings } from "../schema";
import { poolsOfSizes, roomForHeaps } from "../sizes";
import { ownAirflow } from "./airflow";
import { distinctBuckets } from "./buckets";
import { readableSearch } from "./catalogue";
import { certificates, verifiedServers } from "./certificates";
import { maintainedFormats, versionsOfIceberg, writtenFormats } from "./formats";
import { cleaningFunctions } from "./functions";
import { openDoors } from "./doors";
import { closedConsole } from "./hasura";
import { ownIdentity } from "./identity";
import { objectLocks } from "./locks";
import { storesOfLogs } from "./logs";
import { duplicateNodes, nodesWithRoom } from "./nodes";
import { sharedPages } from "./pages";
import { fallbacks, knownPools, oneDefaultPool, populatedPools } from "./pools";
import { distinctNodePorts } from "./ports";
import { knownQueues } from "./queues";
import { oneScraper } from "./scrapers";
import { signedRegion } from "./presto";
import { sourceStores } from "./sources";
import { keyTables, topicTables } from "./tables";
import { ownTaints } from "./taints";
import { bucketEvents, ownTopics, streamedTopics } from "./topics";
import { imageVolumes } from "./volumes";

/** Sections that have systems in them. */
const SYSTEMS = ["storage", "catalog", "compute", "query", "streaming", "orchestration", "observability"] as const;

/** Rules across settings, and the sections that they read. Rules within the settings of one system are its `check`. */
export const RULES: readonly { readonly needs: readonly (keyof Settings)[]; readonly rule: Rule }[] = [
  { needs: ["nodes"], rule: duplicateNodes },
  { needs: ["nodes", "cluster"], rule: nodesWithRoom },
  { needs: ["nodes"], rule: ownTaints },
  { needs: ["nodes", "pools"], rule: knownPools },
  { needs: ["nodes", "pools"], rule: populatedPools },
  { needs: ["pools"], rule: oneDefaultPool },
  { needs: ["pools"], rule: fallbacks },
  { needs: ["pools"], rule: poolsOfSizes },
  { needs: [], rule: roomForHeaps },
  { needs: ["credentials"], rule: previousExists },
  { needs: ["storage"], rule: distinctBuckets },
  { needs: ["storage"], rule: objectLocks },
  { needs: ["storage"], rule: distinctNodePorts },
  { needs: ["storage", "catalog", "streaming", "cluster"], rule: certificates },
  { needs: ["cluster"], rule: verifiedServers },
  { needs: ["access", "query", "cluster", "catalog"], rule: boundRights },
  { needs: ["catalog", "compute", "cluster", "access", "doors"], rule: ownIdentity },
  { needs: SYSTEMS, rule: satisfiedNeeds },
  { needs: ["streaming", "cluster"], rule: imageVolumes },
  { needs: ["streaming"], rule: ownTopics },
  { needs: ["query", "streaming"], rule: topicTables },
  { needs: ["query", "storage"], rule: keyTables },
  { needs: ["query", "storage"], rule: sharedPages },
  { needs: ["query", "storage", "streaming"], rule: streamedTopics },
  { needs: ["catalog", "storage"], rule: readableSearch },
  { needs: ["observability", "storage"], rule: storesOfLogs },
  { needs: ["query", "storage"], rule: signedRegion },
  { needs: ["query", "cluster"], rule: closedConsole },
  { needs: SYSTEMS, rule: writtenFormats },
  { needs: ["catalog"], rule: versionsOfIceberg },
  { needs: SYSTEMS, rule: maintainedFormats },
  { needs: ["compute"], rule: knownQueues },
  { needs: ["observability"], rule: oneScraper },
  { needs: ["orchestration", "storage"], rule: sourceStores },
  { needs: ["cluster", "doors", ...SYSTEMS], rule: ownAirflow },
  { needs: ["storage", "streaming"], rule: bucketEvents },
  { needs: ["compute", "streaming"], rule: cleaningFunctions },
  { needs: ["doors", "allow", "cluster", "nodes", "pools", "credentials", "access", ...SYSTEMS], rule: openDoors },
  { needs: ["licences", ...SYSTEMS], rule: forbiddenLicences },
  { needs: ["licences", ...SYSTEMS], rule: acceptedLicences },
];
