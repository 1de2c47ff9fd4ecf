import * as pulumi from "@pulumi/pulumi";

import { Lakehouse } from "./components/lakehouse";
import { settingsFromConfig, SettingsError } from "./components/settings";

/** Settings of the stack → the lakehouse → stack outputs. The only place that reads Pulumi's configuration. */
export = () => {
  try {
    const source = `Pulumi.${pulumi.getStack()}.yaml`;
    return new Lakehouse("lakehouse", settingsFromConfig(pulumi.runtime.allConfig(), source)).outputs;
  } catch (error) {
    throw error instanceof SettingsError ? told(error) : error;
  }
};

/**
 * Shown by the engine as it is, without a stack trace: it is about the settings, not about the program. And it has none: the SDK
 * prints each error for its own tracing as well, which takes Node ten seconds where the stack names packages.
 */
function told({ message }: SettingsError): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
