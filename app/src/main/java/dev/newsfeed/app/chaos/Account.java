package dev.newsfeed.app.chaos;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The books of one who sends: what was confirmed to her stands on one side, on the other what she finds
 * on the topics herself. No role is asked how it is.
 *
 * <pre>
 * articles   accepted ──▶ on articles ──▶ published ──▶ in the feed of all news
 * clicks     sent     ──▶ on clicks   ──▶ counted in the list of this week
 * </pre>
 *
 * Whatever is on its way has some time to arrive; what was due and is not there is lost. The same
 * version published twice, an article twice in the feed, more clicks counted than were written or more
 * reads than there were readers is twice. Reads are counted here in the obvious way, by sets of what
 * was seen, over the slots of two hours: nobody sends the same again after a longer time.
 */
public final class Account {

  /** The list that has every click of the week; read by {@link #list}. */
  public static final String LIST = "this-week/all";

  /** The feed that has every article; read by {@link #feed}. */
  public static final String FEED = "all";

  private static final Duration REMEMBERED = Duration.ofHours(2);
  private static final Set<String> READS_NOT_COUNTED = Set.of("visitor-cap", "network-cap");
  private static final int HEAD = 100;

  private record Version(String articleId, long version) {}

  private record Judged(String articleId, long version, Change change) {}

  private record Read(String articleId, long visitor, long slot) {}

  private record Public(PublishedArticle article, Instant foundAt) {}

  /** How many clicks had been read from the topic at a moment. */
  private record Mark(Instant at, long records, long reads) {}

  /** Clicks that were received within a quarter of an hour, the finest that a week begins at. */
  private static final class Quarter {
    private long records;
    private long reads;
  }

  private final Duration slot;

  private final Map<Version, Instant> accepted = new LinkedHashMap<>();
  private final Set<Version> written = new HashSet<>();
  private final Map<String, Public> published = new HashMap<>();
  private final Map<Judged, Integer> told = new HashMap<>();
  private @Nullable Feed feed;

  private final Map<String, Instant> awaited = new HashMap<>();
  private final TreeMap<Instant, Set<Object>> seen = new TreeMap<>();
  private final TreeMap<Instant, Quarter> quarters = new TreeMap<>();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long sent;
  private long sentAgain;
  private long arrived;
  private long records;
  private long reads;
  private @Nullable MostReadList newest;
  private @Nullable MostReadList list;

  /**
   * Empty books.
   *
   * @param slot within which a reader's clicks on an article are one read; zero: each is one
   */
  public Account(Duration slot) {
    this.slot = slot;
  }

  // ---- what the sender was told

  /** The intake has confirmed this version. */
  public synchronized void accepted(String articleId, long version, Instant at) {
    accepted.putIfAbsent(new Version(articleId, version), at);
  }

  /** The intake has taken a click. */
  public synchronized void sent(String eventId, Instant at) {
    sent++;
    if (remembers(eventId)) {
      arrived++;
    } else {
      awaited.put(eventId, at);
    }
  }

  /** So many clicks were sent once more under the same ids. */
  public synchronized void sentAgain(int clicks) {
    sentAgain += clicks;
  }

  // ---- what stands on the topics

  /** What somebody has handed in. */
  public synchronized void written(Article article) {
    written.add(new Version(article.getArticleId(), article.getVersion()));
  }

  /** What the public sees of an article from now on, found at this time. */
  public synchronized void published(PublishedArticle article, Instant foundAt) {
    published.put(article.getArticleId(), new Public(article, foundAt));
    Judged judged = new Judged(article.getArticleId(), article.getVersion(), article.getChange());
    told.merge(judged, 1, Integer::sum);
  }

  /** The latest head of {@link #FEED}. */
  public synchronized void feed(Feed head) {
    feed = head;
  }

  /** A click, found on its topic at this time. */
  public synchronized void written(Click click, Instant foundAt) {
    Instant received = Instant.ofEpochMilli(click.getReceivedAtMs());
    boolean isRead = isRead(click, received);
    Quarter quarter = quarters.computeIfAbsent(quarterOf(received), q -> new Quarter());
    records++;
    quarter.records++;
    if (isRead) {
      reads++;
      quarter.reads++;
    }
    if (marks.isEmpty() || marks.getLast().at().isBefore(foundAt)) {
      marks.addLast(new Mark(foundAt, records, reads));
    } else {
      Mark last = marks.removeLast();
      marks.addLast(new Mark(last.at(), records, reads));
    }
    if (click.getEventId() != null && awaited.remove(click.getEventId()) != null) {
      arrived++;
    }
  }

  private boolean isRead(Click click, Instant received) {
    boolean isNew = click.getEventId() == null || remember(received, click.getEventId());
    if (click.getSuspect() != null || !isNew) {
      return false;
    }
    if (slot.isZero() || click.getVisitor() == null) {
      return true;
    }
    long slotNumber = Math.floorDiv(click.getReceivedAtMs(), slot.toMillis());
    return remember(received, new Read(click.getArticleId(), click.getVisitor(), slotNumber));
  }

  /** Whether it was not known before; what is older than anything that can come again is forgotten. */
  private boolean remember(Instant received, Object what) {
    if (remembers(what)) {
      return false;
    }
    seen.computeIfAbsent(quarterOf(received), q -> new HashSet<>()).add(what);
    seen.headMap(seen.lastKey().minus(REMEMBERED).minus(slot)).clear();
    return true;
  }

  private boolean remembers(Object what) {
    return seen.values().stream().anyMatch(some -> some.contains(what));
  }

  private static Instant quarterOf(Instant at) {
    long quarterS = Duration.ofMinutes(15).toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), quarterS) * quarterS);
  }

  /** The latest state of {@link #LIST}. */
  public synchronized void list(MostReadList latest) {
    newest = latest;
  }

  /** Until when the latest list has every click; the beginning of time where there is none. */
  public synchronized Instant listAsOf() {
    return newest == null ? Instant.EPOCH : newest.getAsOf();
  }

  // ---- what comes out

  /**
   * Takes the list as it is now for the next balance. What was counted in it stood on the topic before,
   * so the topics must be read to their ends between this and {@link #balance}.
   */
  public synchronized void takeList() {
    list = newest;
  }

  /**
   * Draws the balance.
   *
   * @param at until when the topics were read
   * @param due whatever was accepted, sent or written until then must have arrived everywhere
   */
  public synchronized Balance balance(Instant at, Instant due) {
    long lost = 0;
    long publishedOnes = 0;
    long inFeeds = 0;
    Map<String, FeedEntry> entries = new HashMap<>();
    long twice = told.values().stream().mapToLong(times -> times - 1).sum();
    if (feed != null) {
      for (FeedEntry entry : feed.getEntries()) {
        twice += entries.put(entry.getArticleId(), entry) == null ? 0 : 1;
      }
    }
    for (Map.Entry<Version, Instant> each : accepted.entrySet()) {
      Version version = each.getKey();
      boolean isPublished = isPublished(version);
      boolean isInFeeds = isPublished && isInFeed(version, entries, due);
      publishedOnes += isPublished ? 1 : 0;
      inFeeds += isInFeeds ? 1 : 0;
      if (!each.getValue().isAfter(due) && !(isInFeeds && written.contains(version))) {
        lost++;
      }
    }
    lost += awaited.values().stream().filter(sentAt -> !sentAt.isAfter(due)).count();
    Instant begin = list == null ? Instant.EPOCH : list.getWindowStart();
    long earlierRecords = 0;
    long earlierReads = 0;
    for (Quarter quarter : quarters.headMap(begin).values()) {
      earlierRecords += quarter.records;
      earlierReads += quarter.reads;
    }
    Mark dueMark = markAt(due);
    long countedReads = list == null ? 0 : list.getReads();
    long counted = countedReads;
    if (list != null) {
      for (Map.Entry<String, Long> refused : list.getRefused().entrySet()) {
        counted += refused.getValue();
        countedReads += READS_NOT_COUNTED.contains(refused.getKey()) ? refused.getValue() : 0;
      }
    }
    long onTopic = records - earlierRecords;
    lost += Math.max(
        0,
        Math.max(
            dueMark.records() - earlierRecords - counted,
            dueMark.reads() - earlierReads - countedReads));
    twice += Math.max(0, Math.max(counted - onTopic, countedReads - (reads - earlierReads)));
    return new Balance(
        at,
        accepted.size(),
        publishedOnes,
        inFeeds,
        sent,
        sentAgain,
        arrived,
        onTopic,
        counted,
        lost,
        twice);
  }

  private boolean isPublished(Version version) {
    Public known = published.get(version.articleId());
    return known != null && known.article().getVersion() >= version.version();
  }

  /** What was taken back must be gone in time; a head that is full need not have what is older. */
  private boolean isInFeed(Version version, Map<String, FeedEntry> entries, Instant due) {
    Public known = Objects.requireNonNull(published.get(version.articleId()));
    FeedEntry entry = entries.get(version.articleId());
    PublishedArticle article = known.article();
    if (article.getStatus() != Status.usable || article.getExpired()) {
      return entry == null || known.foundAt().isAfter(due);
    }
    if (entry != null) {
      return entry.getVersion() >= version.version();
    }
    return feed != null
        && feed.getEntries().size() >= HEAD
        && article.getFeedTime() != null
        && !article.getFeedTime().isAfter(feed.getEntries().get(HEAD - 1).getFeedTime());
  }

  /** How far the topic had been read at a time; earlier marks are not needed any more. */
  private Mark markAt(Instant due) {
    Mark mark = new Mark(Instant.EPOCH, 0, 0);
    for (Mark each = marks.peekFirst();
        each != null && !each.at().isAfter(due);
        each = marks.peekFirst()) {
      mark = marks.removeFirst();
    }
    marks.addFirst(mark);
    return mark;
  }
}
