import java.nio.file.Path;
import java.util.Map;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts a node of the home and the configuration that are given, as the image's launcher does after its checks. */
public class Launch {
  public static void main(String[] arguments) throws Exception {
    Path configuration = Path.of(arguments[1]);
    String name = System.getenv("POD_NAME");
    Settings home = Settings.builder().put("path.home", arguments[0]).build();
    Environment environment = InternalSettingsPreparer.prepareEnvironment(home, Map.of(), configuration, () -> name);
    LogConfigurator.setNodeName(name);
    LogConfigurator.configure(environment, true);
    PluginsLoader plugins = PluginsLoader.createPluginsLoader(
      PluginsLoader.loadModulesBundles(environment.modulesDir()),
      PluginsLoader.loadPluginsBundles(environment.pluginsDir()),
      Map.of(),
      false
    );
    Node node = new Node(environment, plugins);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    node.start();
    Thread.currentThread().join();
  }
}
