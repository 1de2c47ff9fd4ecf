package org.apache.nifi.authentication.single.user;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.util.concurrent.TimeUnit;
import org.apache.nifi.authentication.AuthenticationResponse;
import org.apache.nifi.authentication.LoginCredentials;
import org.apache.nifi.authentication.LoginIdentityProvider;
import org.apache.nifi.authentication.LoginIdentityProviderConfigurationContext;
import org.apache.nifi.authentication.LoginIdentityProviderInitializationContext;
import org.apache.nifi.authentication.exception.InvalidLoginCredentialsException;

/** Stands in for upstream's class of this name, which no registry has: the same properties, and the same check by the same library. */
public class SingleUserLoginIdentityProvider implements LoginIdentityProvider {
  private String user;
  private String hash;

  @Override
  public AuthenticationResponse authenticate(LoginCredentials given) {
    boolean right = BCrypt.verifyer(BCrypt.Version.VERSION_2B)
        .verifyStrict(given.getPassword().toCharArray(), hash.toCharArray()).verified;
    if (!right || !user.equals(given.getUsername())) throw new InvalidLoginCredentialsException("not known");
    return new AuthenticationResponse(user, user, TimeUnit.HOURS.toMillis(8), getClass().getSimpleName());
  }

  @Override
  public void initialize(LoginIdentityProviderInitializationContext context) {}

  @Override
  public void onConfigured(LoginIdentityProviderConfigurationContext context) {
    user = context.getProperty("Username");
    hash = context.getProperty("Password");
  }

  @Override
  public void preDestruction() {}
}
