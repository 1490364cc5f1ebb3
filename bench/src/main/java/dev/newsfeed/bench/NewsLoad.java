package dev.newsfeed.bench;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * Reproducible news, a minute apart, the oldest first as an archive is imported: each article has one
 * of the sections, two of the topics and one of the persons, and some two kilobytes of text.
 *
 * @param begun when the first was published
 */
record NewsLoad(int sections, int topics, int persons, Instant begun, long seed) {

  private static final String LEAD = "What happened, to whom, and why it matters now. ".repeat(4);
  private static final String BODY = "<p>" + "Some two kilobytes of text. ".repeat(70) + "</p>";
  private static final long GAP_S = 60;

  /** Article number {@code n}, always the same. */
  PublishedArticle published(int n) {
    return published(n, 1);
  }

  /** The same in another version, with another headline, at its old place. */
  PublishedArticle published(int n, long version) {
    Random random = new Random(seed + n);
    Instant at = at(n);
    Article article = Article.newBuilder()
        .setArticleId(id(n))
        .setVersion(version)
        .setHeadline("What article number " + n + " says in its version " + version)
        .setLead(LEAD)
        .setBodyHtml(BODY)
        .setSection(label("section", n % sections))
        .setTopics(
            List.of(label("topic", random.nextInt(topics)), label("topic", random.nextInt(topics))))
        .setPersons(List.of(label("person", random.nextInt(persons))))
        .build();
    return PublishedArticle.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(version)
        .setStatus(Status.usable)
        .setChange(version == 1 ? Change.published : Change.updated)
        .setChangedAt(at)
        .setFirstPublished(at)
        .setFeedTime(at)
        .setArticle(article)
        .build();
  }

  /** The notice that takes article number {@code n} out. */
  PublishedArticle withdrawn(int n, long version) {
    return PublishedArticle.newBuilder()
        .setArticleId(id(n))
        .setVersion(version)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(at(n))
        .setWithdrawal(new Withdrawal("Only a measurement", null, null))
        .build();
  }

  private Instant at(int n) {
    return begun.plusSeconds(n * GAP_S);
  }

  private static String id(int n) {
    return "article-" + n;
  }

  private static Label label(String what, int number) {
    return new Label(what + "-" + number, what + " " + number);
  }
}
