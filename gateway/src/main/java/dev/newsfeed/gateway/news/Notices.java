package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.archive.Archive;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest notices, for whoever reads feeds and missed the moment in which an article was taken out.
 *
 * <pre>
 * published ──▶ latest: a7 09:10, a3 08:30, … at most 100 ──▶ shown: those of the last 30 days
 * archive   ──▶ the same, once it is searchable
 * </pre>
 *
 * What is shown depends on the topic alone but for the moment in which a notice gets too old, so all
 * gateways show the same, also one that has just been started with an empty directory.
 *
 * <p>One thread writes, any number read.
 */
final class Notices {

  static final int AT_MOST = 100;
  static final Duration SHOWN_FOR = Duration.ofDays(30);

  private static final Comparator<PublishedArticle> LATEST_FIRST = Comparator.comparing(
          PublishedArticle::getChangedAt)
      .reversed()
      .thenComparing(PublishedArticle::getArticleId);

  /** {@code generation} grows with every change. */
  private record Shown(long generation, List<PublishedArticle> notices) {}

  private final Archive archive;
  private final Map<String, PublishedArticle> latest = new HashMap<>();

  /** Something was put or forgotten that the archive does not show yet. */
  private boolean unsettled;

  private volatile Shown shown = new Shown(0, List.of());

  Notices(Archive archive) {
    this.archive = archive;
    load();
  }

  private void load() {
    latest.clear(); // a notice that is no more makes room for one that had to go before
    archive.notices(AT_MOST).forEach(notice -> latest.put(notice.getArticleId(), notice));
  }

  /** What is said of an article now, a notice or not. */
  void put(PublishedArticle record) {
    if (record.getStatus() == Status.usable) {
      forget(record.getArticleId());
    } else {
      latest.put(record.getArticleId(), record);
      unsettled = true;
    }
  }

  /** Nothing is said of an article any more. */
  void forget(String articleId) {
    unsettled |= latest.remove(articleId) != null;
  }

  /**
   * To be called after each batch; {@code searchable}: the archive shows all that was put.
   *
   * @return whether others are shown than before
   */
  boolean batchDone(Instant now, boolean searchable) {
    if (unsettled && searchable) {
      load();
      unsettled = false;
    }
    Instant oldest = now.minus(SHOWN_FOR);
    List<PublishedArticle> notices = latest.values().stream()
        .filter(notice -> notice.getChangedAt().isAfter(oldest))
        .sorted(LATEST_FIRST)
        .limit(AT_MOST)
        .toList();
    if (notices.equals(shown.notices())) {
      return false;
    }
    shown = new Shown(shown.generation() + 1, notices);
    return true;
  }

  /** The latest first. */
  List<PublishedArticle> shown() {
    return shown.notices();
  }

  /** When the latest was given; null: there is none. */
  @Nullable
  Instant latest() {
    return shown.notices().isEmpty() ? null : shown.notices().get(0).getChangedAt();
  }

  /** Grows whenever others are shown; to be read before {@link #shown}. */
  long generation() {
    return shown.generation();
  }
}
