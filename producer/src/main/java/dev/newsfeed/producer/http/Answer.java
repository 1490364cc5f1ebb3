package dev.newsfeed.producer.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.schemas.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** What the intake answers to one request. */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

  private Answer(int status, String contentType, String body) {
    this(status, contentType, body.getBytes(UTF_8), Map.of());
  }

  public static Answer json(int status, JsonNode body) {
    return new Answer(status, "application/json", body.toString());
  }

  public static Answer noContent() {
    return new Answer(HttpStatus.NO_CONTENT_204, "", "");
  }

  /**
   * An error as RFC 9457 describes it.
   *
   * @param detail for a person; never quotes what was sent
   * @param errors each wrong field; may be empty
   */
  public static Answer problem(int status, String detail, List<Problem> errors) {
    return problem(status, detail, errors, Map.of());
  }

  /** The same with members of its own (RFC 9457, section 3.2). */
  public static Answer problem(
      int status, String detail, List<Problem> errors, Map<String, JsonNode> members) {
    ObjectNode body = problemBody(status, detail, errors);
    members.forEach(body::set);
    return new Answer(status, "application/problem+json", body.toString());
  }

  /** The same as the object that is sent. */
  static ObjectNode problemBody(int status, String detail, List<Problem> errors) {
    ObjectNode body = Json.object()
        .put("type", "about:blank") // says: nothing more than the status
        .put("title", HttpStatus.getMessage(status))
        .put("status", status)
        .put("detail", detail);
    if (!errors.isEmpty()) {
      noteAll(body.putArray("errors"), errors);
    }
    return body;
  }

  /** Each problem as an object: its field, and where there is one its limit and what was found. */
  public static void noteAll(ArrayNode list, List<Problem> problems) {
    for (Problem problem : problems) {
      ObjectNode noted = list.addObject()
          .put("field", problem.field())
          .put("reason", problem.reason())
          .put("detail", problem.detail());
      if (problem.limit() != null) {
        noted.put("limit", problem.limit());
      }
      if (problem.value() != null) {
        noted.put("value", problem.value());
      }
    }
  }

  /**
   * Something that is kept by caches, or by none, as its headers say.
   *
   * @param body not changed any more
   */
  public static Answer content(String contentType, byte[] body) {
    return new Answer(HttpStatus.OK_200, contentType, body, Map.of());
  }

  public static Answer notModified() {
    return new Answer(HttpStatus.NOT_MODIFIED_304, "", "");
  }

  /** This answer with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }
}
