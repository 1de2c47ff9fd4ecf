package org.apache.nifi.processors.aws.credentials.provider.service;

import java.util.List;
import org.apache.nifi.annotation.lifecycle.OnEnabled;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.Validator;
import org.apache.nifi.controller.AbstractControllerService;
import org.apache.nifi.controller.ConfigurationContext;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;

/** Stands in for upstream's service of this name: the two sensitive properties that the stack's flow sets. */
public class AWSCredentialsProviderControllerService extends AbstractControllerService
    implements AwsCredentialsProviderService {
  private static PropertyDescriptor secret(String name) {
    return new PropertyDescriptor.Builder().name(name).required(true).sensitive(true).addValidator(Validator.VALID).build();
  }

  private static final PropertyDescriptor ACCESS = secret("Access Key ID");
  private static final PropertyDescriptor SECRET = secret("Secret Access Key");
  private volatile String access;
  private volatile String secret;

  @Override
  protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
    return List.of(ACCESS, SECRET);
  }

  @OnEnabled
  public void enable(ConfigurationContext context) {
    access = context.getProperty(ACCESS).getValue();
    secret = context.getProperty(SECRET).getValue();
  }

  @Override
  public String access() {
    return access;
  }

  @Override
  public String secret() {
    return secret;
  }
}
