import at.favre.lib.crypto.bcrypt.BCrypt;

/** Prints the hash of a password, as the stack's provider of passwords makes it. */
class Hash {
  public static void main(String[] arguments) {
    System.out.println(BCrypt.with(BCrypt.Version.VERSION_2B).hashToString(10, arguments[0].toCharArray()));
  }
}
