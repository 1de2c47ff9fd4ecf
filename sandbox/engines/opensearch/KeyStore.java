import java.nio.file.Path;

import org.opensearch.common.settings.KeyStoreWrapper;

/** The commands `create` and `add --force --stdin <name>` of `opensearch-keystore`, with the class that this tool uses. */
public class KeyStore {
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(System.getenv("OPENSEARCH_PATH_CONF"));
    if (arguments[0].equals("create")) {
      KeyStoreWrapper.create().save(folder, new char[0]);
      return;
    }
    KeyStoreWrapper keys = KeyStoreWrapper.load(folder);
    keys.decrypt(new char[0]);
    String value = new String(System.in.readAllBytes(), "UTF-8");
    keys.setString(arguments[arguments.length - 1], value.toCharArray());
    keys.save(folder, new char[0]);
  }
}
