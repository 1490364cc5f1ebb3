package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.publication.VersionRule.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the events of one article again, as the job took them, to tell what became of each. It sees
 * what the topic still holds: where retention has deleted the first events, the others are judged
 * without them.
 */
public final class Replay {

  /**
   * What became of an event.
   *
   * @param problem why it was refused; null unless it was
   * @param told what subscribers were told because of it; null: nothing
   */
  public record Outcome(
      Verdict verdict, @Nullable Problem problem, @Nullable PublishedArticle told) {}

  private final ContentHash hash;
  private @Nullable ArticleState state;
  private @Nullable PublishedArticle told;

  public Replay(Topics topics) {
    this.hash = new ContentHash(topics.articles);
  }

  /**
   * Takes the next event.
   *
   * @param sentAt the time of its record, which is taken for the time it was processed
   */
  public Outcome take(Article event, Instant sentAt) {
    List<Problem> problems = ArticleRules.problems(event);
    if (!problems.isEmpty()) {
      return new Outcome(Verdict.REFUSED, problems.get(0), null);
    }
    look(sentAt);
    Decision decision = VersionRule.apply(state, event, hash.of(event), sentAt, sentAt);
    keep(decision);
    return new Outcome(decision.verdict(), decision.problem(), decision.tell());
  }

  /** What subscribers have been told by a moment; empty: nothing. */
  public Optional<PublishedArticle> toldBy(Instant now) {
    look(now);
    return Optional.ofNullable(told);
  }

  /** When the clock alone changes something next: an embargo ends, the article expires. */
  public Optional<Instant> nextChange() {
    return Optional.ofNullable(state).map(ArticleState::getDueAt);
  }

  private void look(Instant now) {
    while (state != null && state.getDueAt() != null && !state.getDueAt().isAfter(now)) {
      keep(VersionRule.tick(state, state.getDueAt()));
    }
  }

  private void keep(Decision decision) {
    state = decision.state();
    told = decision.tell() == null ? told : decision.tell();
  }
}
