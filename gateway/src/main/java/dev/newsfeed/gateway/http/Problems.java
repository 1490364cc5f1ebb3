package dev.newsfeed.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.RecordJson;

/** Problem details for programs (RFC 9457). */
public final class Problems {

  private static final String TYPE = "application/problem+json";

  private Problems() {}

  /** The fields that every problem has. */
  public static ObjectNode fields(int status, String title, String detail) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("detail", detail);
  }

  /** An answer of problem details. */
  public static Answer answer(ObjectNode problem) {
    return Answer.ok(new Content(TYPE, RecordJson.bytes(problem)), "no-store")
        .withStatus(problem.path("status").asInt());
  }

  static Answer answer(Refused refused) {
    return answer(fields(refused.status(), refused.title(), refused.detail()));
  }
}
