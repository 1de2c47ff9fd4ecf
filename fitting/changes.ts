import { type Fragment, put } from "../components/settings/presets";
import type { SizeChange } from "../planner/advice/change";
import { settingValue } from "../planner/report/advice";

/** `query.trino.worker` */
export const settingOf = ({ setting }: SizeChange): string => setting.replace("lakehouse:", "");

/** A value of a size in the form of the settings file. */
export function resized(fragment: Fragment, path: string, { key, to }: SizeChange): Fragment {
  return put(fragment, path, { [key]: key === "memory" ? settingValue({ key }, to) : to });
}
