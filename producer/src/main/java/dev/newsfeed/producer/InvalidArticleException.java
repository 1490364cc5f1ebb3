package dev.newsfeed.producer;

import dev.newsfeed.schemas.Problem;
import java.util.List;

/** An article was not sent, because of everything that {@link #problems} names. */
public final class InvalidArticleException extends IllegalArgumentException {

  private final transient List<Problem> problems;

  InvalidArticleException(List<Problem> problems) {
    super(
        problems.stream().map(Problem::toString).reduce((a, b) -> a + "; " + b).orElse(""));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order of the article's fields; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
