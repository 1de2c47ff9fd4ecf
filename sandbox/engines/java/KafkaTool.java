import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
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
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the tests ask of Kafka, as one user: the first argument is the file of its client's properties.
 * `apply`: users with their rights, and topics, as JSON on the standard input. `topics`: their names.
 * `produce <topic> [ms]`: a record for each line, which is JSON with `key` and `value`. `consume <topic> [group]`: what is in it, a line each.
 */
public class KafkaTool {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (Exception error) {
      System.err.println(error);
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws Exception {
    Properties client = new Properties();
    try (FileInputStream file = new FileInputStream(arguments[0])) {
      client.load(file);
    }
    switch (arguments[1]) {
      case "apply" -> apply(client, JSON.readTree(System.in));
      case "topics" -> {
        try (Admin admin = Admin.create(client)) {
          new TreeSet<>(admin.listTopics().names().get()).forEach(System.out::println);
        }
      }
      case "produce" -> produce(client, arguments[2], arguments.length > 3 ? arguments[3] : null);
      case "consume" -> consume(client, arguments[2], arguments.length > 3 ? arguments[3] : null);
      default -> throw new IllegalArgumentException(arguments[1]);
    }
  }

  private static void apply(Properties client, JsonNode wanted) throws Exception {
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
      admin.createTopics(topics).all().get();
    }
  }

  private static void produce(Properties client, String topic, String patience) throws Exception {
    client.put("acks", "all");
    client.put("enable.idempotence", "true");
    // How long a topic is waited for that is not there.
    if (patience != null) client.put("max.block.ms", patience);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode record = JSON.readTree(line);
        String key = record.hasNonNull("key") ? record.get("key").asText() : null;
        sent.add(producer.send(new ProducerRecord<>(topic, key, record.get("value").asText())));
      }
      for (Future<RecordMetadata> each : sent) each.get();
    }
    System.out.println(sent.size());
  }

  private static void consume(Properties client, String topic, String group) throws Exception {
    client.put("auto.offset.reset", "earliest");
    client.put("enable.auto.commit", "false");
    client.put("default.api.timeout.ms", "20000");
    if (group != null) client.put("group.id", group);
    try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      var partitions = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).toList();
      consumer.assign(partitions);
      var ends = consumer.endOffsets(partitions);
      // Asks the group's coordinator, which is what the right on the group is about.
      if (group != null) consumer.committed(new java.util.HashSet<>(partitions));
      consumer.seekToBeginning(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          if (record.offset() >= ends.get(new TopicPartition(topic, record.partition()))) continue;
          ObjectNode line = JSON.createObjectNode();
          line.put("partition", record.partition()).put("offset", record.offset());
          line.put("key", record.key()).put("value", record.value());
          System.out.println(line);
        }
      }
    }
  }
}
