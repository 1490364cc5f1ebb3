package dev.newsfeed.producer;

import dev.newsfeed.schemas.Problem;
import java.util.ArrayList;
import java.util.List;

/** An article or an editor's list was not sent, because of everything that {@link #problems} names. */
public final class InvalidEventException extends IllegalArgumentException {

  private final transient List<Problem> problems;

  public InvalidEventException(List<Problem> problems) {
    super(
        problems.stream().map(Problem::toString).reduce((a, b) -> a + "; " + b).orElse(""));
    this.problems = List.copyOf(problems);
  }

  /**
   * Refuses what could not be read, or breaks a rule. What the rules say about a field of which a part
   * could not be read is left out: it would only say the same in other words.
   */
  public static void throwIfAny(List<Problem> ofReading, List<Problem> ofRules) {
    List<Problem> all = new ArrayList<>(ofReading);
    for (Problem problem : ofRules) {
      if (ofReading.stream().noneMatch(read -> isOrIsIn(read.field(), problem.field()))) {
        all.add(problem);
      }
    }
    if (!all.isEmpty()) {
      throw new InvalidEventException(all);
    }
  }

  private static boolean isOrIsIn(String field, String outer) {
    return field.equals(outer) || field.startsWith(outer + ".");
  }

  /** What is wrong, in the order of the event's fields; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
