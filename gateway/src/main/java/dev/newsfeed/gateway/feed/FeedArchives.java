package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.archive.FeedChoice;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.News;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The archives of feeds (RFC 5005, section 4): a document for each day (UTC) that has entries, and
 * where it has more than {@link #ENTRIES}, further ones.
 *
 * <pre>
 * all.atom                                   the newest 50, down to noon of the 28th
 *    prev-archive ▼
 * all/archive/2026-11-28.atom?after=…        the rest of that day
 *    prev-archive ▼     ▲ next-archive where that day is whole in one document
 * all/archive/2026-11-26.atom                the day before on which there was anything
 * </pre>
 *
 * Following {@code prev-archive} from the feed leads over every entry once, also while there is more
 * news: it stands above.
 */
record FeedArchives(News news) {

  /** In a document: a few megabytes at most. */
  static final int ENTRIES = 500;

  private static final String ARCHIVE = "/archive/";
  private static final LocalDate FIRST = LocalDate.of(1900, 1, 1);
  private static final LocalDate LAST = LocalDate.of(2100, 1, 1);

  /** The path of a feed and the day behind it; empty: it is the path of a feed itself. */
  static Optional<Map.Entry<String, LocalDate>> parse(String path) {
    int at = path.lastIndexOf(ARCHIVE);
    if (at < 0) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.parse(path.substring(at + ARCHIVE.length()));
      if (day.isBefore(FIRST) || day.isAfter(LAST)) {
        throw Refused.notFound("there are archives of the years 1900 to 2100");
      }
      return Optional.of(Map.entry(path.substring(0, at), day));
    } catch (DateTimeException e) {
      throw Refused.notFound("an archive is of a day: …/archive/2026-11-28");
    }
  }

  /** What is older than the first page of a feed; null: nothing. */
  @Nullable
  FeedAddress behind(FeedPage page, FeedQuery query) {
    Cursor end = page.next();
    if (end == null) {
      return null;
    }
    LocalDate day = dayOf(end.feedTime());
    return news.firstAfter(query.choice(), end)
        .map(FeedArchives::dayOf)
        .map(next -> address(next, query, next.equals(day) ? end : null))
        .orElse(null);
  }

  private @Nullable FeedAddress older(LocalDate day, FeedQuery query) {
    return news.firstAfter(query.choice(), Cursor.before(begin(day)))
        .map(next -> address(dayOf(next), query, null))
        .orElse(null);
  }

  /** What a day has; {@code after} null: from its end. */
  FeedPage page(FeedSummary feed, FeedQuery query, LocalDate day, @Nullable Cursor after) {
    FeedChoice ofDay = query.choice().between(begin(day), begin(day.plusDays(1)));
    return news.page(feed, ofDay, after, ENTRIES);
  }

  /** The documents around that of a day. */
  FeedLinks links(FeedQuery query, LocalDate day, @Nullable Cursor after, FeedPage page) {
    FeedAddress self = address(day, query, after);
    Map<String, FeedLinks.Link> others = new LinkedHashMap<>();
    others.put("current", new FeedAddress(query.feedId(), query.text(), null, 0));
    Cursor end = page.next();
    FeedAddress older = end == null ? older(day, query) : address(day, query, end);
    if (older != null) {
      others.put("prev-archive", older);
    }
    if (after == null) {
      newer(query, day).ifPresent(newer -> others.put("next-archive", newer));
    }
    return new FeedLinks(self, others, true);
  }

  private Optional<FeedAddress> newer(FeedQuery query, LocalDate day) {
    return news.oldest(query.choice().between(begin(day.plusDays(1)), null))
        .map(FeedArchives::dayOf)
        .filter(next -> fits(query.choice().between(begin(next), begin(next.plusDays(1)))))
        .filter(next -> isOver(query, next))
        .map(next -> address(next, query, null));
  }

  private boolean fits(FeedChoice ofDay) {
    return news.count(ofDay) <= ENTRIES;
  }

  /** The newest day still grows; what follows is the feed itself. */
  private boolean isOver(FeedQuery query, LocalDate day) {
    return news.oldest(query.choice().between(begin(day.plusDays(1)), null)).isPresent();
  }

  private static FeedAddress address(LocalDate day, FeedQuery query, @Nullable Cursor after) {
    return new FeedAddress(query.feedId() + ARCHIVE + day, query.text(), after, 0);
  }

  private static LocalDate dayOf(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  private static Instant begin(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
