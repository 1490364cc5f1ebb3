package dev.newsfeed.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.RecordJson;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.SchemaCatalogue.Published;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The shipped schemas as a read-only Confluent registry, so that clients of any language decode our
 * topics as they are used to. What would change something is refused: schemas change in the source
 * tree.
 */
public final class RegistryView implements Resource {

  private static final String TYPE = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SortedMap<String, List<Published>> subjects = new TreeMap<>();
  private final SchemaCatalogue catalogue;

  /** {@code topicPrefix} stands in front of the subjects of topics, which a client derives. */
  public RegistryView(SchemaCatalogue catalogue, String topicPrefix) {
    this.catalogue = catalogue;
    catalogue.bySubject().forEach((subject, versions) -> {
      boolean ofTopic = subject.endsWith("-value");
      subjects.put(ofTopic ? topicPrefix + subject : subject, versions);
    });
  }

  /** Clients look a schema up by sending it. */
  @Override
  public Set<String> methods(String path) {
    return path.startsWith("/subjects/") ? Set.of("GET", "HEAD", "POST") : READING;
  }

  @Override
  public Answer answer(Ask ask) {
    String[] path = ask.path().substring(1).split("/");
    Optional<? extends JsonNode> found = switch (path[0]) {
      case "subjects" -> ofSubjects(ask, path);
      case "schemas" -> ofSchemas(path);
      default -> Optional.empty();
    };
    return found.map(json -> json(200, json)).orElseGet(() -> error(404, 40403, "not found"));
  }

  private Optional<? extends JsonNode> ofSubjects(Ask ask, String[] path) {
    if (path.length == 1) {
      ArrayNode names = JsonNodeFactory.instance.arrayNode();
      subjects.keySet().forEach(names::add);
      return Optional.of(names);
    }
    List<Published> versions = subjects.get(path[1]);
    if (versions == null) {
      return Optional.empty();
    }
    boolean post = ask.method().equals("POST");
    if (post && path.length <= 3) {
      return lookUp(path[1], versions, ask.body());
    }
    if (path.length == 3 && path[2].equals("versions")) {
      ArrayNode numbers = JsonNodeFactory.instance.arrayNode();
      versions.forEach(v -> numbers.add(v.version()));
      return Optional.of(numbers);
    }
    if (path.length == 4 && path[2].equals("versions")) {
      Published latest = versions.get(versions.size() - 1);
      return versions.stream()
          .filter(v -> path[3].equals("latest")
              ? v.equals(latest)
              : path[3].equals(String.valueOf(v.version())))
          .findAny()
          .map(v -> published(path[1], v));
    }
    return Optional.empty();
  }

  /** Also what a client that registers by itself asks: it gets the id of what it would add. */
  private static Optional<ObjectNode> lookUp(
      String subject, List<Published> versions, String body) {
    try {
      Schema asked =
          new Schema.Parser().parse(JSON.readTree(body).path("schema").asText());
      return versions.stream()
          .filter(v -> v.schema().equals(asked))
          .findAny()
          .map(v -> published(subject, v));
    } catch (JsonProcessingException | AvroRuntimeException e) {
      throw new Refused(422, "Unprocessable", "the body must be {\"schema\": \"…\"} with Avro");
    }
  }

  private Optional<ObjectNode> ofSchemas(String[] path) {
    if (path.length != 3 || !path[1].equals("ids")) {
      return Optional.empty();
    }
    return catalogue.published().stream()
        .filter(p -> path[2].equals(String.valueOf(p.id())))
        .findAny()
        .map(p -> JsonNodeFactory.instance.objectNode().put("schema", p.schema().toString()));
  }

  private static ObjectNode published(String subject, Published version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("subject", subject)
        .put("version", version.version())
        .put("id", version.id())
        .put("schema", version.schema().toString());
  }

  private static Answer error(int status, int code, String message) {
    return json(
        status,
        JsonNodeFactory.instance.objectNode().put("error_code", code).put("message", message));
  }

  private static Answer json(int status, JsonNode json) {
    return Answer.ok(new Content(TYPE, RecordJson.bytes(json)), Answer.REVALIDATE)
        .withStatus(status);
  }
}
