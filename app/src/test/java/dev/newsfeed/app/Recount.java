package dev.newsfeed.app;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What feeds and lists must show, computed from the two topics that newsrooms and readers write, in
 * the most obvious way: of each article the highest version, of each reader one read in half an hour.
 */
final class Recount {

  private static final long SLOT_MS = Duration.ofMinutes(30).toMillis();
  private static final int LIST_SIZE = 20;

  private record Read(String articleId, Object visitor, long slot) {}

  private final Map<String, Article> articles = new HashMap<>();
  private final Map<Read, Long> reads = new HashMap<>();

  /** Which clicks are counted. */
  interface Counted {
    boolean test(ConsumerRecord<String, byte[]> place, Click click);
  }

  /** Reads both topics from their beginning to their present end; suspects are not counted. */
  Recount(KafkaSettings kafka, Topics topics) {
    this(kafka, topics, (place, click) -> click.getSuspect() == null);
  }

  /** The same with a rule of its own. */
  Recount(KafkaSettings kafka, Topics topics, Counted counted) {
    try (TopicFollower follower = TopicFollower.of(kafka, "recount")
        .on(topics.articles, (place, article) -> {
          if (article != null) {
            articles.merge(
                article.getArticleId(), article, (a, b) -> b.getVersion() > a.getVersion() ? b : a);
          }
        })
        .on(topics.clicks, (place, click) -> {
          if (click != null && counted.test(place, click)) {
            count(click);
          }
        })
        .start()) {
      follower.awaitCaughtUp(Duration.ofSeconds(60));
    }
  }

  private void count(Click click) {
    long at = click.getReceivedAtMs();
    Read read = new Read(
        click.getArticleId(),
        Objects.requireNonNull(click.getVisitor(), "visitor"),
        Math.floorDiv(at, SLOT_MS));
    reads.merge(read, at, Math::min);
  }

  /** Every article id that was ever accepted. */
  Set<String> accepted() {
    return new HashSet<>(articles.keySet());
  }

  /** The whole feed of a section, newest first. */
  List<String> section(String slug) {
    return shown()
        .filter(a -> a.getSection() != null && a.getSection().getSlug().equals(slug))
        .sorted(Comparator.comparing(Article::getFirstPublished)
            .reversed()
            .thenComparing(Article::getArticleId))
        .map(Article::getArticleId)
        .toList();
  }

  /** The most-read list of a section over a time, as {@code id=reads}. */
  List<String> mostRead(String slug, Instant from, Instant to) {
    Map<String, Long> counts = new HashMap<>();
    reads.forEach((read, at) -> {
      if (at >= from.toEpochMilli() && at < to.toEpochMilli()) {
        counts.merge(read.articleId(), 1L, Long::sum);
      }
    });
    List<Article> read = new ArrayList<>(shown()
        .filter(a -> a.getSection() != null && a.getSection().getSlug().equals(slug))
        .filter(a -> counts.containsKey(a.getArticleId()))
        .toList());
    read.sort(Comparator.comparing((Article a) -> counts.get(a.getArticleId()))
        .thenComparing(Article::getFirstPublished)
        .reversed()
        .thenComparing(Article::getArticleId));
    return read.stream()
        .limit(LIST_SIZE)
        .map(a -> a.getArticleId() + "=" + counts.get(a.getArticleId()))
        .toList();
  }

  private Stream<Article> shown() {
    return articles.values().stream().filter(a -> a.getStatus() == Status.usable);
  }
}
