import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;

import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.common.settings.SecureString;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.XContentType;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;
import org.elasticsearch.xpack.core.security.authc.support.Hasher;
import org.elasticsearch.xpack.core.slm.SnapshotLifecyclePolicy;

/** Answers by upstream's own classes, for a word and the standard input. */
public class Upstream {
  public static void main(String[] arguments) throws Exception {
    String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    switch (arguments[0]) {
      // Lines `user:password`, in place of which come lines `user:hash`.
      case "hash" -> text.lines().forEach(line -> {
        int colon = line.indexOf(':');
        char[] hash = Hasher.BCRYPT10.hash(new SecureString(line.substring(colon + 1).toCharArray()));
        System.out.println(line.substring(0, colon + 1) + new String(hash));
      });
      case "ilm" -> System.out.println(new TreeSet<>(lifecycle(text).getPhases().keySet()));
      case "slm" -> System.out.println(snapshots(text).getSchedule());
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static XContentParser parser(String text) throws Exception {
    NamedXContentRegistry registry = new NamedXContentRegistry(List.of(
      new NamedXContentRegistry.Entry(
        LifecycleType.class,
        new ParseField(TimeseriesLifecycleType.TYPE),
        ignored -> TimeseriesLifecycleType.INSTANCE
      ),
      new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(RolloverAction.NAME), RolloverAction::parse),
      new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(DeleteAction.NAME), DeleteAction::parse)
    ));
    return XContentType.JSON.xContent().createParser(XContentParserConfiguration.EMPTY.withRegistry(registry), text);
  }

  private static LifecyclePolicy lifecycle(String text) throws Exception {
    PutLifecycleRequest request = PutLifecycleRequest.parseRequest(
      new PutLifecycleRequest.Factory() {
        public PutLifecycleRequest create(LifecyclePolicy policy) {
          return new PutLifecycleRequest(TimeValue.ZERO, TimeValue.ZERO, policy);
        }

        public String getPolicyName() {
          return "policy";
        }
      },
      parser(text)
    );
    request.getPolicy().validate();
    return request.getPolicy();
  }

  private static SnapshotLifecyclePolicy snapshots(String text) throws Exception {
    SnapshotLifecyclePolicy policy = SnapshotLifecyclePolicy.parse(parser(text), "policy");
    ActionRequestValidationException wrong = policy.validate();
    if (wrong != null) throw wrong;
    return policy;
  }
}
