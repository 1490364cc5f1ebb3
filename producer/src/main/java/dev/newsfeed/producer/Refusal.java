package dev.newsfeed.producer;

import dev.newsfeed.schemas.Problem;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;

/** Something that was sent is not taken: what its sender is told, and what is kept about it. */
final class Refusal extends Exception {

  private final int status;
  private final transient List<Problem> problems;

  private Refusal(int status, String detail, List<Problem> problems) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }

  /** Every field that is wrong. */
  static Refusal invalid(int status, List<Problem> problems) {
    return new Refusal(status, "wrong fields: " + problems.size(), problems);
  }

  static Refusal malformed(Json.Malformed e) {
    return whole(HttpStatus.BAD_REQUEST_400, "malformed-json", String.valueOf(e.getMessage()));
  }

  static Refusal tooLarge(String detail) {
    return whole(HttpStatus.PAYLOAD_TOO_LARGE_413, "too-large", detail);
  }

  static Refusal wrongType(String detail) {
    return whole(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "unsupported-type", detail);
  }

  private static Refusal whole(int status, String reason, String detail) {
    return new Refusal(status, detail, List.of(new Problem(reason, "", detail)));
  }

  /** What the sender is told. A problem of the whole body has no field to be listed under. */
  Answer answer() {
    return Answer.problem(
        status,
        String.valueOf(getMessage()),
        problems.stream().filter(p -> !p.field().isEmpty()).toList());
  }

  /** Everything that is wrong as one problem: the first one's code, all of their sentences. */
  Problem summary() {
    Problem first = problems.get(0);
    String details = problems.stream()
        .map(p -> p.field().isEmpty() ? p.detail() : p.toString())
        .collect(Collectors.joining("; "));
    return new Problem(first.reason(), first.field(), details);
  }
}
