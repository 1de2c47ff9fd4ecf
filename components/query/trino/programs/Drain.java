import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Asks the Trino node at this address to finish its tasks, as this user, and waits until the process has ended. */
class Drain {
    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
                .header("Content-Type", "application/json")
                .header("X-Trino-User", arguments[1])
                .PUT(BodyPublishers.ofString("\"SHUTTING_DOWN\""))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            System.err.println(response.statusCode() + " " + response.body());
            System.exit(1);
        }
        ProcessHandle.of(Long.parseLong(arguments[2])).ifPresent(node -> node.onExit().join());
    }
}
