import { createCommand } from "../../../../cli/cluster";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";

/** `lakehouse cluster create` of the dev stack into the given folder, with manifests that are not downloaded. */
const [, , out = ""] = process.argv;
const manifests = ({ project }: { readonly project: string }) => Promise.resolve(`# ${project}\n`);
void createCommand(readStackFile(PROJECT_FOLDER, "dev"), { provider: "kind", out }, manifests).then((code) => {
  process.exitCode = code;
});
