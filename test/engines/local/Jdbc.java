import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;

/** What the driver for JDBC answers, set up as 'lakehouse local connect jdbc' prints it: URL and class in a file. */
class Jdbc {
  public static void main(String[] args) throws Exception {
    var lines = Files.readAllLines(Path.of(args[0])).stream().filter(line -> !line.startsWith("#")).toList();
    Class.forName(lines.get(1));
    try (var connection = DriverManager.getConnection(lines.get(0));
        var rows = connection.createStatement().executeQuery(args[1])) {
      rows.next();
      System.out.println(rows.getLong(1));
    }
  }
}
