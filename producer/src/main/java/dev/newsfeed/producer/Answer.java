package dev.newsfeed.producer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** What the intake answers to one request. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {

  static Answer json(int status, JsonNode body) {
    return new Answer(status, "application/json", body.toString(), Map.of());
  }

  static Answer noContent() {
    return new Answer(HttpStatus.NO_CONTENT_204, "", "", Map.of());
  }

  /**
   * An error as RFC 9457 describes it.
   *
   * @param detail for a person; never quotes what was sent
   * @param errors each wrong field; may be empty
   */
  static Answer problem(int status, String detail, List<Problem> errors) {
    ObjectNode body = Json.object()
        .put("type", "about:blank") // says: nothing more than the status
        .put("title", HttpStatus.getMessage(status))
        .put("status", status)
        .put("detail", detail);
    if (!errors.isEmpty()) {
      var list = body.putArray("errors");
      errors.forEach(e -> list.addObject()
          .put("field", e.field())
          .put("reason", e.reason())
          .put("detail", e.detail()));
    }
    return new Answer(status, "application/problem+json", body.toString(), Map.of());
  }

  /** This answer with one more header. */
  Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }
}
