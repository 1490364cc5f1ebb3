package dev.newsfeed.producer.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.schemas.Problem;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Something that was sent is not taken: what its sender is told, and what is kept about it. */
public final class Refusal extends Exception {

  /** Of a body that is wrong everywhere the first are enough; answers and records stay small. */
  private static final int NAMED_AT_MOST = 100;

  /** What who comes too early or too often is told to wait. */
  public static final String RETRY_AFTER_S = "5";

  private final int status;
  private final transient List<Problem> problems;

  private Refusal(int status, String detail, List<Problem> problems) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }

  /** Every field that is wrong. */
  public static Refusal invalid(int status, List<Problem> problems) {
    String more = problems.size() > NAMED_AT_MOST ? ", of which these are the first" : "";
    return new Refusal(
        status,
        "wrong fields: " + problems.size() + more,
        problems.stream().limit(NAMED_AT_MOST).toList());
  }

  public static Refusal malformed(Json.Malformed e) {
    return whole(HttpStatus.BAD_REQUEST_400, "malformed-json", String.valueOf(e.getMessage()));
  }

  public static Refusal tooLarge(String detail) {
    return whole(HttpStatus.PAYLOAD_TOO_LARGE_413, "too-large", detail);
  }

  public static Refusal notGzip() {
    return whole(HttpStatus.BAD_REQUEST_400, "malformed-gzip", "the body is not valid gzip");
  }

  public static Refusal wrongType(String detail) {
    return whole(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "unsupported-type", detail);
  }

  /** A key that may not do this. */
  public static Refusal forbidden(String detail) {
    return whole(HttpStatus.FORBIDDEN_403, "forbidden", detail);
  }

  /** What the condition of a request says is not so; {@code value} is the version that is current. */
  public static Refusal otherVersion(String header, String detail, @Nullable String value) {
    return new Refusal(
        HttpStatus.PRECONDITION_FAILED_412,
        detail,
        List.of(new Problem("version-changed", header, detail, null, value)));
  }

  public static Refusal badCondition(String header, String detail) {
    return new Refusal(
        HttpStatus.BAD_REQUEST_400,
        detail,
        List.of(new Problem("invalid-condition", header, detail)));
  }

  /** Nothing is wrong with it, but it cannot be told yet whether it may be taken. */
  public static Refusal notYet(String detail) {
    return whole(HttpStatus.SERVICE_UNAVAILABLE_503, "not-yet", detail);
  }

  /** Whether the sender may hope that the same will be taken later; then it is not kept. */
  public boolean isForNow() {
    return status == HttpStatus.SERVICE_UNAVAILABLE_503;
  }

  private static Refusal whole(int status, String reason, String detail) {
    return new Refusal(status, detail, List.of(new Problem(reason, "", detail)));
  }

  /** What the sender is told. */
  public Answer answer() {
    Answer answer = Answer.problem(status, String.valueOf(getMessage()), named());
    return isForNow() ? answer.with("Retry-After", RETRY_AFTER_S) : answer;
  }

  /** The same as an object. */
  public ObjectNode body() {
    return Answer.problemBody(status, String.valueOf(getMessage()), named());
  }

  /** A problem of the whole body has no field to be listed under. */
  private List<Problem> named() {
    return problems.stream().filter(p -> !p.field().isEmpty()).toList();
  }

  /** Everything that is wrong as one problem: the first one's code, all of their sentences. */
  public Problem summary() {
    Problem first = problems.get(0);
    String details = problems.stream()
        .map(p -> p.field().isEmpty() ? p.detail() : p.toString())
        .collect(Collectors.joining("; "));
    return new Problem(first.reason(), first.field(), details);
  }
}
