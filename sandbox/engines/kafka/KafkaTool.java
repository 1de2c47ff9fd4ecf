import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Serves the tests' requests to Kafka by HTTP on loopback, because a JVM for each request would be slow.
 * The argument is the port. A request is JSON: `client` is the file with the client properties of a user, `action` one of
 * `apply` (`input`: users with their rights, and topics), `topics` (their names), `produce` (`topic`; `input`: records of `key` and
 * `value`; `patience`: milliseconds to wait for the topic to exist) and `consume` (`topic`; `group`). The answer is JSON. An error
 * has status 500 and the text of the exception.
 */
public class KafkaTool {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.createContext("/", KafkaTool::answer);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body;
      int status = 200;
      try {
        JsonNode question = JSON.readTree(exchange.getRequestBody());
        body = JSON.writeValueAsBytes(question.isMissingNode() ? null : run(question));
      } catch (Exception error) {
        body = messageOf(error).getBytes(StandardCharsets.UTF_8);
        status = 500;
      }
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** An exception with its causes: a producer that was refused once throws only that it is in an error state. */
  private static String messageOf(Throwable error) {
    return error.getCause() == null ? error.toString() : error + "; caused by " + messageOf(error.getCause());
  }

  private static Object run(JsonNode question) throws Exception {
    Properties client = new Properties();
    try (FileInputStream file = new FileInputStream(question.get("client").asText())) {
      client.load(file);
    }
    String topic = question.path("topic").asText(null);
    JsonNode input = question.path("input");
    return switch (question.get("action").asText()) {
      case "apply" -> apply(client, input);
      case "topics" -> topics(client);
      case "produce" -> produce(client, topic, input, question.path("patience").asText(null));
      case "consume" -> consume(client, topic, question.path("group").asText(null));
      default -> throw new IllegalArgumentException(question.toString());
    };
  }

  private static Object topics(Properties client) throws Exception {
    try (Admin admin = Admin.create(client)) {
      return new TreeSet<>(admin.listTopics().names().get());
    }
  }

  private static Object apply(Properties client, JsonNode wanted) throws Exception {
    List<UserScramCredentialAlteration> users = new ArrayList<>();
    List<AclBinding> rights = new ArrayList<>();
    for (JsonNode user : wanted.path("users")) {
      String name = user.get("name").asText();
      var scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
      users.add(new UserScramCredentialUpsertion(name, scram, user.get("password").asText()));
      for (JsonNode acl : user.path("acls")) {
        JsonNode resource = acl.get("resource");
        ResourceType type = switch (resource.get("type").asText()) {
          case "topic" -> ResourceType.TOPIC;
          case "group" -> ResourceType.GROUP;
          case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
          default -> throw new IllegalArgumentException(resource.toString());
        };
        boolean prefix = resource.get("patternType").asText().equals("prefix");
        var pattern = new ResourcePattern(type, resource.get("name").asText(), prefix ? PatternType.PREFIXED : PatternType.LITERAL);
        for (JsonNode operation : acl.get("operations")) {
          var allowed = AclOperation.fromString(operation.asText().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase());
          if (allowed == AclOperation.UNKNOWN) throw new IllegalArgumentException("no such operation: " + operation.asText());
          rights.add(new AclBinding(pattern, new AccessControlEntry("User:" + name, "*", allowed, AclPermissionType.ALLOW)));
        }
      }
    }
    List<NewTopic> topics = new ArrayList<>();
    for (JsonNode topic : wanted.path("topics")) {
      Map<String, String> config = new HashMap<>();
      topic.path("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
      var made = new NewTopic(topic.get("topicName").asText(), Optional.of(topic.get("partitions").asInt()), Optional.empty());
      topics.add(made.configs(config));
    }
    try (Admin admin = Admin.create(client)) {
      admin.alterUserScramCredentials(users).all().get();
      admin.createAcls(rights).all().get();
      for (var made : admin.createTopics(topics).values().values()) {
        try {
          made.get();
        } catch (ExecutionException error) {
          // A broker that starts again has it, with its records.
          if (!(error.getCause() instanceof TopicExistsException)) throw error;
        }
      }
    }
    return topics.size();
  }

  private static Object produce(Properties client, String topic, JsonNode records, String patience) throws Exception {
    client.put("acks", "all");
    client.put("enable.idempotence", "true");
    if (patience != null) client.put("max.block.ms", patience);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (var producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      for (JsonNode record : records) {
        sent.add(producer.send(new ProducerRecord<>(topic, record.path("key").asText(null), record.get("value").asText())));
      }
      for (Future<RecordMetadata> each : sent) each.get();
    }
    return sent.size();
  }

  private static Object consume(Properties client, String topic, String group) throws Exception {
    client.put("auto.offset.reset", "earliest");
    client.put("enable.auto.commit", "false");
    client.put("default.api.timeout.ms", "20000");
    if (group != null) client.put("group.id", group);
    List<ObjectNode> found = new ArrayList<>();
    try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      var partitions = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).toList();
      consumer.assign(partitions);
      var ends = consumer.endOffsets(partitions);
      // The group's coordinator checks the right on the group.
      if (group != null) consumer.committed(new java.util.HashSet<>(partitions));
      consumer.seekToBeginning(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          if (record.offset() >= ends.get(new TopicPartition(topic, record.partition()))) continue;
          ObjectNode line = JSON.createObjectNode();
          line.put("partition", record.partition()).put("offset", record.offset());
          line.put("key", record.key()).put("value", record.value());
          found.add(line);
        }
      }
    }
    return found;
  }
}
