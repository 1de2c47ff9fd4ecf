import type { Fragment } from "../components/settings/presets";
import type { SizeChange } from "../planner/advice/change";
import { settingValue } from "../planner/report/advice";
import { at } from "./described";

/** `query.trino.worker` */
export const settingOf = ({ setting }: SizeChange): string => setting.replace("lakehouse:", "");

/** A value of a size in the form of the settings file. */
export function put(fragment: Fragment, path: string, { key, to }: SizeChange): Fragment {
  return at(fragment, path, { [key]: key === "memory" ? settingValue({ key }, to) : to });
}
