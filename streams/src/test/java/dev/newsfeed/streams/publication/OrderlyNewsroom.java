package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The obvious model of the version rule: a world in which every event comes once, in the order of its
 * version, at the moment it was accepted, and in which somebody looks at the clock all the time.
 */
final class OrderlyNewsroom {

  /**
   * What readers see of an article.
   *
   * @param version 0: nothing at all
   */
  record Seen(
      long version,
      boolean withdrawn,
      @Nullable String reason,
      @Nullable String headline,
      @Nullable Instant firstPublished,
      @Nullable Instant feedTime,
      List<String> corrections,
      Set<String> addresses,
      boolean expired) {

    static final Seen NOTHING =
        new Seen(0, false, null, null, null, null, List.of(), Set.of(), false);

    /** A notice that something is withheld shows as much as no record at all. */
    static Seen of(@Nullable PublishedArticle told) {
      if (told == null || told.getStatus() == Status.withheld) {
        return NOTHING;
      }
      if (told.getStatus() == Status.canceled) {
        return withdrawn(told.getVersion(), told.getWithdrawal().getReason());
      }
      Article article = Objects.requireNonNull(told.getArticle());
      Set<String> addresses = new LinkedHashSet<>(article.getAliases());
      addresses.add(article.getUrl());
      return new Seen(
          told.getVersion(),
          false,
          null,
          article.getHeadline(),
          told.getFirstPublished(),
          told.getFeedTime(),
          told.getCorrections().stream().map(Correction::getText).toList(),
          addresses,
          told.getExpired());
    }

    static Seen withdrawn(long version, String reason) {
      return new Seen(version, true, reason, null, null, null, List.of(), Set.of(), false);
    }
  }

  private final List<Article> events = new ArrayList<>();
  private final Map<Article, Instant> acceptedAt = new TreeMap<>(ORDER);

  private static final Comparator<Article> ORDER = Comparator.comparingLong(Article::getVersion)
      .thenComparing(event -> event.getStatus() == Status.canceled);

  private boolean dead;
  private String reason = "";
  private @Nullable Article current;
  private Instant currentSince = Instant.MIN;
  private boolean visible;
  private @Nullable Instant date;
  private @Nullable Instant firstSeen;
  private @Nullable Instant place;
  private boolean toTheTop;
  private final List<String> corrections = new ArrayList<>();
  private final Set<String> addresses = new LinkedHashSet<>();

  void send(Article event, Instant accepted) {
    if (acceptedAt.put(event, accepted) == null) {
      events.add(event);
    }
  }

  /** What is seen at a moment after everything was sent. */
  Seen at(Instant now) {
    long highest = 0;
    for (Article event : events.stream().sorted(ORDER).toList()) {
      Instant turn = events.stream()
          .filter(other -> ORDER.compare(other, event) >= 0)
          .map(other -> Objects.requireNonNull(acceptedAt.get(other)))
          .min(Comparator.naturalOrder())
          .orElseThrow();
      look(turn);
      take(event, turn);
      highest = event.getVersion();
    }
    look(now);
    if (dead) {
      return Seen.withdrawn(highest, reason);
    }
    if (!visible || current == null) {
      return Seen.NOTHING;
    }
    Instant expires = current.getExpires();
    return new Seen(
        current.getVersion(),
        false,
        null,
        current.getHeadline(),
        date == null ? firstSeen : date,
        place,
        List.copyOf(corrections),
        Set.copyOf(addresses),
        expires != null && !expires.isAfter(now));
  }

  private void take(Article event, Instant at) {
    if (event.getStatus() == Status.canceled) {
      dead = true;
      reason = event.getWithdrawal().getReason();
      visible = false;
      current = null;
      corrections.clear();
      addresses.clear();
      return;
    }
    if (dead && !event.getRestore()) {
      return;
    }
    dead = false;
    current = event;
    currentSince = at;
    visible = false;
    date = event.getFirstPublished() == null ? date : event.getFirstPublished();
    toTheTop |= event.getRepublish();
    if (event.getCorrection() != null
        && !corrections.contains(event.getCorrection().getText())) {
      corrections.add(event.getCorrection().getText());
    }
    look(at);
  }

  private void look(Instant clock) {
    if (visible || current == null || current.getStatus() != Status.usable) {
      return;
    }
    Instant embargo = current.getEmbargoedUntil();
    if ((date != null && date.isAfter(clock)) || (embargo != null && embargo.isAfter(clock))) {
      return;
    }
    visible = true;
    Instant appears = latest(currentSince, date, embargo);
    firstSeen = firstSeen == null ? latest(currentSince, embargo, null) : firstSeen;
    if (place == null) {
      place = date == null ? currentSince : date;
    }
    place = latest(place, embargo, toTheTop ? appears : null);
    toTheTop = false;
    addresses.add(current.getUrl());
  }

  private static Instant latest(Instant one, @Nullable Instant other, @Nullable Instant third) {
    Instant latest = other == null || other.isBefore(one) ? one : other;
    return third == null || third.isBefore(latest) ? latest : third;
  }
}
