package dev.newsfeed.app.explain;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An article's place in a feed, or its absence.
 *
 * @param place in the head, from 1; 0 where it is not in the head
 * @param shown entries of the head
 * @param total entries of the whole feed
 * @param why it is there, or why not
 */
record Seat(String feedId, Kind kind, int place, int shown, long total, String why) {

  enum Kind {
    /** Among the entries that the head shows. */
    IN_HEAD,
    /** Among them, but as an older version of it. */
    OUTDATED,
    /** In the feed, further down than the head shows. */
    BELOW_HEAD,
    /** It should be in the feed and is not. */
    MISSING,
    /** It should not be in the feed and is. */
    LEFT_OVER,
    /** Rightly not in a feed that it might be expected in. */
    OUT
  }

  /** Its places in all feeds that have to do with it, those first that it is in. */
  static List<Seat> of(Findings found, List<Version> versions, Standing standing, Moments moments) {
    Map<String, String> reasons = new LinkedHashMap<>();
    Map<String, String> out = new LinkedHashMap<>();
    Article article = standing.article();
    String whyNot = standing.listed() ? null : whyNot(standing, moments);
    if (article != null) {
      FeedIds.of(article).forEach(feed -> {
        if (whyNot == null) {
          reasons.put(feed, because(article, feed));
        } else {
          out.put(feed, whyNot);
        }
      });
    }
    found.lists().forEach(list -> {
      String why = because(list, found.articleId(), moments);
      if (whyNot == null) {
        reasons.put(list.getFeedId(), why);
      } else {
        out.put(list.getFeedId(), whyNot + ", though at " + why);
      }
    });
    former(versions).forEach((feed, why) -> {
      if (!reasons.containsKey(feed)) {
        out.putIfAbsent(feed, why);
      }
    });
    List<Seat> seats = new ArrayList<>();
    reasons.forEach((feed, why) -> seats.add(expected(found, feed, why)));
    out.forEach((feed, why) -> seats.add(notExpected(found, feed, why)));
    new TreeMap<>(found.heads()).keySet().forEach(feed -> {
      if (!reasons.containsKey(feed) && !out.containsKey(feed) && place(found, feed) > 0) {
        seats.add(notExpected(found, feed, "nothing on the topics puts it there"));
      }
    });
    return seats;
  }

  private static Seat expected(Findings found, String feedId, String why) {
    Feed head = found.heads().get(feedId);
    if (head == null) {
      return new Seat(feedId, Kind.MISSING, 0, 0, 0, why);
    }
    int place = place(found, feedId);
    Kind kind;
    if (place > 0) {
      PublishedArticle published = found.published();
      boolean current = published != null
          && head.getEntries().get(place - 1).getVersion() == published.getVersion();
      kind = current ? Kind.IN_HEAD : Kind.OUTDATED;
    } else {
      kind = isBelow(head, found) ? Kind.BELOW_HEAD : Kind.MISSING;
    }
    return new Seat(feedId, kind, place, head.getEntries().size(), head.getTotal(), why);
  }

  private static Seat notExpected(Findings found, String feedId, String why) {
    Feed head = found.heads().get(feedId);
    int place = place(found, feedId);
    return new Seat(
        feedId,
        place > 0 ? Kind.LEFT_OVER : Kind.OUT,
        place,
        head == null ? 0 : head.getEntries().size(),
        head == null ? 0 : head.getTotal(),
        why);
  }

  private static int place(Findings found, String feedId) {
    Feed head = found.heads().get(feedId);
    int place = 0;
    if (head != null) {
      for (FeedEntry entry : head.getEntries()) {
        place++;
        if (entry.getArticleId().equals(found.articleId())) {
          return place;
        }
      }
    }
    return 0;
  }

  /** Whether it is too old for the head: feed time descending, then article id. */
  private static boolean isBelow(Feed head, Findings found) {
    List<FeedEntry> entries = head.getEntries();
    PublishedArticle published = found.published();
    if (published == null || entries.isEmpty() || head.getTotal() <= entries.size()) {
      return false;
    }
    FeedEntry last = entries.get(entries.size() - 1);
    int newer = FeedEntries.feedTime(published).compareTo(last.getFeedTime());
    return newer < 0 || (newer == 0 && found.articleId().compareTo(last.getArticleId()) > 0);
  }

  private static String because(Article article, String feedId) {
    if (feedId.equals(FeedIds.ALL)) {
      return "every published article";
    }
    return switch (feedId.substring(0, feedId.indexOf('/'))) {
      case "section" ->
        article.getSection() != null
                && feedId.equals("section/" + article.getSection().getSlug())
            ? "its section"
            : "one of its extra sections";
      case "topic" -> "one of its topics";
      case "person" -> "one of its persons";
      default -> "its kind";
    };
  }

  private static String because(CuratedFeed list, String articleId, Moments moments) {
    int place = 1;
    for (CuratedEntry entry : list.getEntries()) {
      if (articleId.equals(entry.getArticleId())) {
        break;
      }
      place++;
    }
    return "place " + place + " in the list by " + list.getBy() + " of " + moments.at(list.getAt());
  }

  private static String whyNot(Standing standing, Moments moments) {
    Instant until = standing.until();
    return switch (standing.state()) {
      case EMBARGOED -> "embargoed" + (until == null ? "" : " until " + moments.at(until));
      case WITHHELD -> "withheld";
      case WITHDRAWN -> "withdrawn";
      case EXPIRED -> "expired";
      case PUBLISHED, WAITING, REFUSED, UNKNOWN -> "not published yet";
    };
  }

  /** The feeds that an earlier version named and a later one does not. */
  private static Map<String, String> former(List<Version> versions) {
    Map<String, String> former = new LinkedHashMap<>();
    List<String> named = List.of();
    for (Version version : versions) {
      Article article = version.article();
      if (version.applied() && article != null && article.getStatus() != Status.canceled) {
        List<String> names = List.copyOf(FeedIds.of(article));
        named.forEach(feed ->
            former.putIfAbsent(feed, "version " + article.getVersion() + " does not name it"));
        names.forEach(former::remove);
        named = names;
      }
    }
    return former;
  }
}
