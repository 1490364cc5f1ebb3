package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.archive.FeedChoice;
import dev.newsfeed.gateway.archive.SearchPlace;
import dev.newsfeed.gateway.archive.SearchQuery;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.MostReadKeys;
import dev.newsfeed.schemas.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the gateway knows, fed record by record by the one thread that follows the topics and
 * read by all others.
 *
 * <pre>
 * published ──▶ archive ──▶ articles, pages of feeds
 *           └─▶ events  ──▶ event streams
 * feeds     ──▶ heads   ──▶ the feeds there are, their newest entries
 * most-read ──▶ lists
 * </pre>
 *
 * A head may run ahead of the archive or behind it, because the topics are read side by side.
 * Where both know an article, the higher version is shown, and a withdrawal known to the archive
 * takes the article out of the head before the feeds job has done so.
 */
public final class News {

  private static final Logger LOG = LoggerFactory.getLogger(News.class);
  private static final int SINCE_PAGE = 200;

  /** Told as changed when all feeds are: what each of them says of withdrawn articles is another. */
  public static final String EVERY_FEED = "";

  private final Archive archive;
  private final Heads heads;
  private final EventLog events;
  private final MostReadLists lists;
  private final FeedPages pages;
  private final ChangeDates dates = new ChangeDates();
  private final Notices notices;
  private final Map<String, Long> generations = new ConcurrentHashMap<>();
  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();

  /** Ids of articles and feeds: changed in this batch, and since the archive was last refreshed. */
  private final Set<String> changed = new HashSet<>();

  private final Set<String> unsettled = new HashSet<>();

  public News(Topic<Feed> feeds, Archive archive, EventLog events) {
    this.heads = new Heads(feeds);
    this.archive = archive;
    this.lists = new MostReadLists(archive, events);
    this.pages = new FeedPages(archive);
    this.events = events;
    this.notices = new Notices(archive);
  }

  /** Takes a record of {@code published}; null: the topic forgets the key. */
  public void published(
      int partition, long offset, String articleId, @Nullable PublishedArticle record) {
    Optional<PublishedArticle> known = archive.find(articleId);
    Set<String> before = feeds(articleId, known);
    if (record == null) {
      archive.remove(partition, offset, articleId);
      notices.forget(articleId);
    } else if (!articleId.equals(record.getArticleId())) {
      LOG.warn(
          "passed over a record under another article's key partition={} offset={}",
          partition,
          offset);
      return;
    } else {
      PublishedArticle safe = SafeContent.of(record);
      archive.put(partition, offset, safe);
      notices.put(safe);
      if (safe.getStatus() != Status.usable) {
        lists.forget(articleId);
      }
      if (!known.map(last -> isSameNotice(last, safe)).orElse(false)) { // else all were told
        events.article(partition, offset, safe, before, feeds(articleId, Optional.of(safe)));
      }
    }
    Set<String> concerned = new HashSet<>(before);
    concerned.addAll(feeds(articleId, archive.find(articleId)));
    concerned.addAll(heads.curatedWith(articleId)); // which may have it before the archive does
    if (isWithdrawn(articleId)) {
      heads.forget(articleId, concerned);
    }
    Instant at = record == null ? null : record.getChangedAt();
    concerned.forEach(feedId -> touch(feedId, at));
    changed.add(articleId);
  }

  /** Whether a notice only repeats one: nothing but its version and its time is another. */
  private static boolean isSameNotice(PublishedArticle known, PublishedArticle notice) {
    return notice.getStatus() != Status.usable
        && known.getStatus() == notice.getStatus()
        && Objects.equals(known.getWithdrawal(), notice.getWithdrawal());
  }

  /** Takes a record of {@code feeds}; null: the feed is no more. */
  public void feed(String feedId, @Nullable Feed record) {
    if (record == null) {
      heads
          .summary(feedId)
          .filter(FeedSummary::curated) // it is told as one that is newer than what pages show
          .ifPresent(l -> events.curated(feedId, l.title(), l.updated().plusMillis(1)));
      heads.remove(feedId);
    } else if (feedId.equals(record.getFeedId()) && FeedIds.isFeedId(feedId)) {
      if (heads.put(record)) {
        events.curated(feedId, record.getTitle(), record.getUpdated());
      }
    } else {
      LOG.warn("passed over a head under another feed's key");
      return;
    }
    touch(feedId, record == null ? null : record.getUpdated());
  }

  /** Takes a record of {@code most-read}; null: the list is no more. */
  public void mostRead(String key, @Nullable MostReadList record) {
    if (record == null) {
      lists.remove(key);
    } else if (key.equals(
        MostReadKeys.of(record.getWindow(), record.getScope(), record.getEdition()))) {
      lists.put(key, record);
    } else {
      LOG.warn("passed over a list under another list's key");
    }
  }

  /** To be called after each batch of records, and once a second when there are none. */
  public void batchDone(Instant now) {
    events.flush(); // first: what follows takes its time
    dates.begin(now);
    boolean searchable = archive.batchDone(now);
    if (notices.batchDone(now, searchable)) {
      dates.changed(EVERY_FEED, notices.latest());
      changed.add(EVERY_FEED);
    }
    unsettled.addAll(changed);
    Set<String> news = Set.copyOf(searchable ? unsettled : changed);
    changed.clear();
    if (searchable) {
      unsettled.clear();
    }
    if (!news.isEmpty()) {
      listeners.forEach(listener -> listener.accept(news));
    }
  }

  /**
   * Tells, after each batch, the ids of articles and feeds that changed, or {@link #EVERY_FEED}, and once more when that
   * has become searchable: on the thread that follows the topics, which must not be kept waiting.
   */
  public void onChange(Consumer<Set<String>> listener) {
    listeners.add(listener);
  }

  /** Where an article stands, editors' lists included; nowhere when it is not to be listed. */
  Set<String> feeds(String articleId, Optional<PublishedArticle> published) {
    Set<String> feeds = new HashSet<>(published.map(FeedEntries::feedsOf).orElse(Set.of()));
    if (!feeds.isEmpty()) {
      feeds.addAll(heads.curatedWith(articleId));
    }
    return feeds;
  }

  private void touch(String feedId, @Nullable Instant at) {
    dates.changed(feedId, at);
    generations.merge(feedId, 1L, Long::sum);
    changed.add(feedId);
  }

  /** Grows whenever the first page of the feed may have changed. */
  public long generation(String feedId) {
    return generations.getOrDefault(feedId, 0L) + notices.generation();
  }

  /** Every feed there is, by id. */
  public List<FeedSummary> feeds() {
    return heads.summaries();
  }

  /** A feed without its entries. */
  public Optional<FeedSummary> feed(String feedId) {
    return heads.summary(feedId);
  }

  /**
   * Entries of a feed; empty when there is no such feed.
   *
   * @param after where to go on; null: from the top
   */
  public Optional<FeedPage> page(String feedId, @Nullable Cursor after, int limit) {
    return heads.find(feedId).map(head -> pages.page(head, after, limit));
  }

  /**
   * Entries of a choice from several feeds.
   *
   * @param feed what it is called
   * @param after where to go on; null: from the top
   */
  public FeedPage page(FeedSummary feed, FeedChoice choice, @Nullable Cursor after, int limit) {
    return pages.page(feed, choice, after, limit);
  }

  /** How many articles there are in a choice. */
  public int count(FeedChoice choice) {
    return archive.count(choice);
  }

  /** The feed time of the oldest article of a choice. */
  public Optional<Instant> oldest(FeedChoice choice) {
    return archive.oldest(choice);
  }

  /** The feed time of the first article of a choice behind a place. */
  public Optional<Instant> firstAfter(FeedChoice choice, Cursor after) {
    return archive.page(choice, after, 1).articles().stream()
        .findFirst()
        .map(FeedEntries::feedTime);
  }

  /**
   * When the first page of a feed last changed, to the second; empty where that second may stand for
   * two of its states. To be asked before the page is read.
   */
  public Optional<Instant> lastModified(String feedId, Instant now) {
    Optional<Instant> ofFeed = dates.of(feedId, now);
    if (!dates.knows(EVERY_FEED)) {
      return ofFeed;
    }
    Optional<Instant> ofNotices = dates.of(EVERY_FEED, now);
    return ofFeed.flatMap(a -> ofNotices.map(b -> a.isAfter(b) ? a : b));
  }

  /**
   * The latest notices, the latest first: for every feed, because nobody can know any more who has got
   * the article from where.
   */
  public List<PublishedArticle> withdrawn() {
    return notices.shown();
  }

  /**
   * Entries of articles that were first published after a moment and stand in all-news, the newest
   * first.
   *
   * @param wanted whether an entry counts
   */
  public List<FeedEntry> publishedSince(Instant moment, int atMost, Predicate<FeedEntry> wanted) {
    List<FeedEntry> found = new ArrayList<>();
    Cursor after = null;
    boolean more = true;
    while (more) {
      Archive.Page page = archive.page(FeedChoice.of(FeedIds.ALL), after, SINCE_PAGE);
      for (PublishedArticle archived : page.articles()) {
        Instant feedTime = FeedEntries.feedTime(archived);
        if (found.size() == atMost
            || !feedTime.isAfter(moment)) { // which is never before the first
          return found;
        }
        after = new Cursor(feedTime, archived.getArticleId());
        archive
            .find(archived.getArticleId())
            .filter(now -> !FeedEntries.feedsOf(now).isEmpty())
            .flatMap(FeedEntries::of)
            .filter(entry -> entry.getFirstPublished().isAfter(moment))
            .filter(wanted)
            .ifPresent(found::add);
      }
      more = page.more();
    }
    return found;
  }

  /** An article or its notice; empty: never heard of it. */
  public Optional<PublishedArticle> article(String articleId) {
    return archive.find(articleId);
  }

  /** The entry of an article that may be shown. */
  public Optional<FeedEntry> entry(String articleId) {
    return archive.find(articleId).flatMap(FeedEntries::of);
  }

  /** What is, or was, at a path of this site: {@link Archive#findAt}. */
  public Optional<PublishedArticle> articleAt(String authority, String path, String query) {
    return archive.findAt(authority, path, query);
  }

  /** What readers of an article may read also, as it is now. */
  public List<ReadAlso> readAlso(Article article, Instant now) {
    return ReadAlso.of(article, archive, now);
  }

  /**
   * Articles that a query finds.
   *
   * @param after where to go on; null: from the first
   */
  public SearchPage search(SearchQuery query, @Nullable SearchPlace after, int limit) {
    return SearchPage.of(archive, query, after, limit);
  }

  /**
   * A most-read list without what the archive knows to be withdrawn.
   *
   * @param window {@code now}, {@code today} or {@code this-week}
   * @param scope {@code all}, {@code section/world} or {@code kind/gallery}
   * @param edition by whose calendar; empty: the newsroom's own
   */
  public Optional<MostReadList> mostRead(String window, String scope, String edition) {
    return lists.find(MostReadKeys.of(window, scope, edition));
  }

  /** A most-read list of the newsroom's own edition. */
  public Optional<MostReadList> mostRead(String window, String scope) {
    return mostRead(window, scope, "");
  }

  private boolean isWithdrawn(String articleId) {
    return archive.find(articleId).map(a -> a.getStatus() != Status.usable).orElse(false);
  }

  /** When the newest head was computed; empty before the first. */
  public Optional<Instant> newestHead() {
    return heads.newest();
  }

  /** To be told what was published last before this gateway has begun. */
  public Past past() {
    return new Past(this, events);
  }

  /** What happens from now on. */
  public EventLog events() {
    return events;
  }
}
