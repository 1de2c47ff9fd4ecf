import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Exit code 0 once the Trino node at this address has loaded its catalogs: before that it answers, and refuses queries. */
class Started {
    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).timeout(Duration.ofSeconds(5)).build();
        String body = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        System.exit(body.matches("(?s).*\"starting\"\\s*:\\s*false.*") ? 0 : 1);
    }
}
