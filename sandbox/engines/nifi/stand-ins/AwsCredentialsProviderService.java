package org.apache.nifi.processors.aws.credentials.provider;

import org.apache.nifi.controller.ControllerService;

/** Stands in for upstream's interface of this name. */
public interface AwsCredentialsProviderService extends ControllerService {
  String access();

  String secret();
}
