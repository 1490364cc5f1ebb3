package dev.newsfeed.app;

import dev.newsfeed.app.ClickJudge.Judged;
import dev.newsfeed.app.ClickJudge.Taken;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
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
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What every most-read list must show, from the topics that the job reads, in the most obvious way:
 * all clicks are judged at once, and each list is added up from them anew.
 */
final class MostReadRecount {

  private static final Duration AGE_LIMIT = Duration.ofDays(14);
  private static final int LIST_SIZE = 20;

  /**
   * What a reader of a list sees of it.
   *
   * @param reads of all articles of its scope, listed or not
   * @param entries as {@code id=reads}, the first first
   */
  record Shown(long reads, Map<String, Long> refused, List<String> entries) {
    static Shown of(MostReadList list) {
      return new Shown(
          list.getReads(),
          new TreeMap<>(list.getRefused()),
          list.getEntries().stream()
              .map(e -> e.getArticleId() + "=" + e.getReads())
              .toList());
    }
  }

  private final Map<String, PublishedArticle> published = new HashMap<>();
  private final Set<String> scopes = new TreeSet<>(Set.of("all"));
  private final Set<String> excluded = new HashSet<>();
  private final List<Judged> judged;
  private final int clicks;

  /** Reads the topics from their beginning to their present end. */
  MostReadRecount(KafkaSettings kafka, Topics topics) {
    List<Taken> taken = new ArrayList<>();
    try (TopicFollower follower = TopicFollower.of(kafka, "recount")
        .on(topics.clicks, (place, click) -> {
          if (click != null) {
            taken.add(new Taken(click, place.timestamp()));
          }
        })
        .on(topics.published, (place, article) -> {
          if (article != null) {
            published.put(place.key(), article);
            scopes.addAll(scopes(article));
          }
        })
        .on(topics.controls, (place, control) -> decide(place.key(), control))
        .start()) {
      follower.awaitCaughtUp(Duration.ofSeconds(60));
    }
    clicks = taken.size();
    judged = ClickJudge.judge(taken);
  }

  private void decide(String key, @Nullable Control control) {
    if (control != null && control.getExcluded()) {
      excluded.add(key);
    } else {
      excluded.remove(key);
    }
  }

  /** How many clicks there are; those that cannot be read are not among them. */
  int clicks() {
    return clicks;
  }

  /** Every scope that a published article is or was in, and {@code all}. */
  Set<String> scopes() {
    return scopes;
  }

  /** What a list must show: that of its scope, over its window, ranked at its time. */
  Shown list(MostReadList shown) {
    String scope = shown.getScope();
    Instant from = shown.getWindowStart();
    Instant to = shown.getWindowEnd();
    Map<String, Long> counts = new HashMap<>();
    Map<String, Long> refused = new TreeMap<>();
    for (Judged click : judged) {
      if (click.timeMs() >= from.toEpochMilli()
          && click.timeMs() < to.toEpochMilli()
          && isIn(scope, click.articleId())) {
        if (click.refused() == null) {
          counts.merge(click.articleId(), 1L, Long::sum);
        } else {
          refused.merge(click.refused(), 1L, Long::sum);
        }
      }
    }
    List<String> entries = counts.keySet().stream()
        .map(published::get)
        .filter(Objects::nonNull)
        .filter(article -> isListed(article, shown.getAsOf()))
        .sorted(
            Comparator.comparing((PublishedArticle article) -> counts.get(article.getArticleId()))
                .thenComparing(PublishedArticle::getFirstPublished)
                .reversed()
                .thenComparing(PublishedArticle::getArticleId))
        .limit(LIST_SIZE)
        .map(article -> article.getArticleId() + "=" + counts.get(article.getArticleId()))
        .toList();
    return new Shown(counts.values().stream().mapToLong(count -> count).sum(), refused, entries);
  }

  private boolean isIn(String scope, String articleId) {
    PublishedArticle article = published.get(articleId);
    return scope.equals("all") || article != null && scopes(article).contains(scope);
  }

  private static Set<String> scopes(PublishedArticle published) {
    Article article = published.getArticle();
    Set<String> scopes = new TreeSet<>();
    if (article != null) {
      if (article.getSection() != null) {
        scopes.add("section/" + article.getSection().getSlug());
      }
      for (Label extra : article.getExtraSections()) {
        scopes.add("section/" + extra.getSlug());
      }
      scopes.add("kind/" + article.getKind());
    }
    return scopes;
  }

  private boolean isListed(PublishedArticle published, Instant now) {
    Article article = published.getArticle();
    return article != null
        && published.getStatus() == Status.usable
        && !published.getExpired()
        && article.getMostReadEligible()
        && !excluded.contains(published.getArticleId())
        && (article.getEvergreen() || !published.getFeedTime().plus(AGE_LIMIT).isBefore(now));
  }
}
