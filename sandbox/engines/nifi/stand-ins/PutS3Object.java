package org.apache.nifi.processors.aws.s3;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.Validator;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.processor.AbstractProcessor;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;

/**
 * Stands in for upstream's processor of this name, which no registry has for this version: the properties that the stack's flow sets,
 * the same relationships, and one signed request (AWS Signature 4) that puts the content.
 */
public class PutS3Object extends AbstractProcessor {
  private static final Relationship SUCCESS = new Relationship.Builder().name("success").build();
  private static final Relationship FAILURE = new Relationship.Builder().name("failure").build();

  private static PropertyDescriptor text(String name, boolean ofFile) {
    return new PropertyDescriptor.Builder().name(name).required(true).addValidator(Validator.VALID)
        .expressionLanguageSupported(ofFile ? ExpressionLanguageScope.FLOWFILE_ATTRIBUTES : ExpressionLanguageScope.NONE)
        .build();
  }

  private static final PropertyDescriptor BUCKET = text("Bucket", true);
  private static final PropertyDescriptor KEY = text("Object Key", true);
  private static final PropertyDescriptor REGION = text("Custom Region", true);
  private static final PropertyDescriptor ENDPOINT = text("Endpoint Override URL", false);
  private static final PropertyDescriptor USER = new PropertyDescriptor.Builder()
      .name("AWS Credentials Provider Service").required(true)
      .identifiesControllerService(AwsCredentialsProviderService.class).build();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  @Override
  protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
    return Stream.concat(
        Stream.of(BUCKET, KEY, REGION, ENDPOINT, USER),
        Stream.of("Region", "Use Path Style Access", "Communications Timeout", "Temporary Directory Multipart State")
            .map(name -> text(name, false))).collect(Collectors.toList());
  }

  @Override
  public Set<Relationship> getRelationships() {
    return Set.of(SUCCESS, FAILURE);
  }

  @Override
  public void onTrigger(ProcessContext context, ProcessSession session) {
    FlowFile file = session.get();
    if (file == null) return;
    try {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      session.exportTo(file, content);
      String bucket = context.getProperty(BUCKET).evaluateAttributeExpressions(file).getValue();
      String key = context.getProperty(KEY).evaluateAttributeExpressions(file).getValue();
      int status = put(context, "/" + bucket + "/" + key,
          context.getProperty(REGION).evaluateAttributeExpressions(file).getValue(), content.toByteArray());
      if (status != 200) throw new IllegalStateException("the store answers " + status);
      session.transfer(file, SUCCESS);
    } catch (Exception problem) {
      getLogger().error("not put: {}", problem.toString());
      session.transfer(session.penalize(file), FAILURE);
    }
  }

  private int put(ProcessContext context, String path, String region, byte[] body) throws Exception {
    AwsCredentialsProviderService user =
        context.getProperty(USER).asControllerService(AwsCredentialsProviderService.class);
    URI endpoint = URI.create(context.getProperty(ENDPOINT).getValue());
    String encoded = Stream.of(path.split("/", -1)).map(PutS3Object::encode).collect(Collectors.joining("/"));
    String host = endpoint.getAuthority();
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    String time = now.format(DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'"));
    String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
    String sum = hex(body);
    String signed = "host;x-amz-content-sha256;x-amz-date";
    String canonical = String.join("\n", "PUT", encoded, "", "host:" + host, "x-amz-content-sha256:" + sum,
        "x-amz-date:" + time, "", signed, sum);
    String toSign = String.join("\n", "AWS4-HMAC-SHA256", time, scope, hex(canonical.getBytes(StandardCharsets.UTF_8)));
    byte[] secret = ("AWS4" + user.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) secret = hmac(secret, part);
    String authorization = "AWS4-HMAC-SHA256 Credential=" + user.access() + "/" + scope + ", SignedHeaders=" + signed
        + ", Signature=" + HexFormat.of().formatHex(hmac(secret, toSign));
    HttpRequest request = HttpRequest.newBuilder(endpoint.resolve(encoded)).timeout(Duration.ofSeconds(20))
        .header("x-amz-date", time).header("x-amz-content-sha256", sum).header("Authorization", authorization)
        .PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static String encode(String part) {
    return java.net.URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String hex(byte[] of) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(of));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
