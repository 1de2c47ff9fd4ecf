import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/**
 * Iceberg's own REST server on loopback. Its own main class listens on all interfaces; otherwise this is the same.
 * Arguments: port, path. The catalog's properties are the variables CATALOG_*, as that class has them.
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
    context.addServlet(new ServletHolder(new Below(arguments[1], new RESTCatalogAdapter(catalog))), arguments[1] + "/*");
    Server server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    server.setHandler(context);
    server.start();
    server.join();
  }

  /** Tables of a namespace lie below its location where it has one, as those of a metastore do. */
  private static class Located extends JdbcCatalog {
    @Override
    protected String defaultWarehouseLocation(TableIdentifier table) {
      String location = loadNamespaceMetadata(table.namespace()).get("location");
      return location == null
          ? super.defaultWarehouseLocation(table)
          : location.replaceAll("/+$", "") + "/" + table.name();
    }
  }

  /** The servlet reads the whole path of a request: here it is told what comes after the path that it is under. */
  private static class Below extends RESTCatalogServlet {
    private final String path;

    Below(String path, RESTCatalogAdapter adapter) {
      super(adapter);
      this.path = path;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
      super.service(
          new HttpServletRequestWrapper(request) {
            @Override
            public String getRequestURI() {
              return super.getRequestURI().substring(path.length());
            }
          },
          response);
    }
  }
}
