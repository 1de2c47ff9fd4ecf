import type { Unit } from "./unit";

/** Folder of a unit: operators, whose charts come before everything else that is theirs, stand by themselves. */
export const folderOf = ({ name, charts }: Pick<Unit, "name" | "charts">): string =>
  charts.length > 0 ? `operators/${name}` : name;

/** Name of a unit among what others have in their cluster. */
export const qualified = (unit: string): string => `lakehouse-${unit}`;

/** `job-x.yaml` of `lakehouse-catalog/job-x.yaml`. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
