import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ConfigResponseParser;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Iceberg's own REST server, on loopback only: its own main class listens on all interfaces.
 * Arguments: port, path. The catalog's properties are the variables CATALOG_*, as for that class. REST_KEYSTORE is the path of a keystore
 * by which it speaks TLS.
 */
public class RestCatalog {
  public static void main(String[] arguments) throws Exception {
    Map<String, String> properties = new HashMap<>();
    System.getenv().forEach((name, value) -> {
      if (name.startsWith("CATALOG_")) {
        String key = name.substring("CATALOG_".length()).replace("__", "-").replace("_", ".").toLowerCase();
        properties.put(key, value);
      }
    });
    var catalog = new Located();
    catalog.initialize("lakehouse", properties);
    var context = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);
    context.addServlet(new ServletHolder(new Below(arguments[1], new RESTCatalogAdapter(catalog), forClients(properties))), arguments[1] + "/*");
    Server server = new Server();
    server.addConnector(connector(server, Integer.parseInt(arguments[0])));
    server.setHandler(context);
    server.start();
    server.join();
  }

  /** By TLS where the metastore has a keystore. */
  private static ServerConnector connector(Server server, int port) {
    String keystore = System.getenv("REST_KEYSTORE");
    var http = new HttpConnectionFactory();
    ServerConnector connector;
    if (keystore == null) {
      connector = new ServerConnector(server, http);
    } else {
      var ssl = new SslContextFactory.Server();
      ssl.setKeyStorePath(keystore);
      ssl.setKeyStorePassword(System.getenv("REST_KEYSTORE_PASSWORD"));
      connector = new ServerConnector(server, new SslConnectionFactory(ssl, "http/1.1"), http);
    }
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    return connector;
  }

  /** The object store's address in clients' properties; without keys, because the object store decides who may read. */
  private static Map<String, String> forClients(Map<String, String> properties) {
    Map<String, String> defaults = new HashMap<>();
    for (String key : new String[] {"s3.endpoint", "s3.path-style-access", "client.region"}) {
      if (properties.containsKey(key)) defaults.put(key, properties.get(key));
    }
    // Java clients read client.region, Python clients s3.region.
    if (properties.containsKey("client.region")) defaults.put("s3.region", properties.get("client.region"));
    return defaults;
  }

  /** A catalog whose tables are below the location of their namespace, as in a metastore. */
  private static class Located extends JdbcCatalog {
    @Override
    protected String defaultWarehouseLocation(TableIdentifier table) {
      String location = loadNamespaceMetadata(table.namespace()).get("location");
      return location == null
          ? super.defaultWarehouseLocation(table)
          : location.replaceAll("/+$", "") + "/" + table.name();
    }
  }

  /** Removes the servlet's path from a request, because the servlet reads the whole path. */
  private static class Below extends RESTCatalogServlet {
    private final String path;
    private final Map<String, String> defaults;

    Below(String path, RESTCatalogAdapter adapter, Map<String, String> defaults) {
      super(adapter);
      this.path = path;
      this.defaults = defaults;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
      String below = request.getRequestURI().substring(path.length());
      var moved =
          new HttpServletRequestWrapper(request) {
            @Override
            public String getRequestURI() {
              return below;
            }
          };
      if (below.equals("/v1/config")) config(moved, response);
      else super.service(moved, response);
    }

    /** The servlet's answer, with the defaults for clients added. */
    private void config(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
      var written = new StringWriter();
      var writer = new PrintWriter(written);
      super.service(
          request,
          new HttpServletResponseWrapper(response) {
            @Override
            public PrintWriter getWriter() {
              return writer;
            }
          });
      writer.flush();
      String text = written.toString();
      if (response.getStatus() == HttpServletResponse.SC_OK) {
        ConfigResponse given = ConfigResponseParser.fromJson(text);
        text =
            ConfigResponseParser.toJson(
                ConfigResponse.builder()
                    .withDefaults(defaults)
                    .withDefaults(given.defaults())
                    .withOverrides(given.overrides())
                    .withEndpoints(given.endpoints())
                    .build());
      }
      response.getWriter().write(text);
    }
  }
}
