package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.archive.SearchPlace;
import dev.newsfeed.gateway.archive.SearchQuery;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the gateway knows, fed record by record by the one thread that follows the topics and
 * read by all others.
 *
 * <pre>
 * published ──▶ archive ──▶ articles, pages of feeds beyond the head
 *           └─▶ events  ──▶ event streams
 * feeds     ──▶ heads   ──▶ first pages of feeds
 * most-read ──▶ lists
 * </pre>
 *
 * A head may run ahead of the archive or behind it, because the topics are read side by side.
 * Where both know an article, the higher version is shown, and a withdrawal known to the archive
 * takes the article out of the head before the feeds job has done so.
 */
public final class News {

  private static final Logger LOG = LoggerFactory.getLogger(News.class);

  private final Archive archive;
  private final Heads heads;
  private final EventLog events;
  private final MostReadLists lists;
  private final Map<String, Long> generations = new ConcurrentHashMap<>();
  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();

  /** Ids of articles and feeds: changed in this batch, and since the archive was last refreshed. */
  private final Set<String> changed = new HashSet<>();

  private final Set<String> unsettled = new HashSet<>();

  public News(Topic<Feed> feeds, Archive archive, EventLog events) {
    this.heads = new Heads(feeds);
    this.archive = archive;
    this.lists = new MostReadLists(archive, events);
    this.events = events;
  }

  /** Takes a record of {@code published}; null: the topic forgets the key. */
  public void published(
      int partition, long offset, String articleId, @Nullable PublishedArticle record) {
    Optional<PublishedArticle> known = archive.find(articleId);
    Set<String> before = feeds(articleId, known);
    if (record == null) {
      archive.remove(partition, offset, articleId);
    } else if (!articleId.equals(record.getArticleId())) {
      LOG.warn(
          "passed over a record under another article's key partition={} offset={}",
          partition,
          offset);
      return;
    } else {
      PublishedArticle safe = SafeContent.of(record);
      archive.put(partition, offset, safe);
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
    concerned.forEach(this::touch);
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
      heads.remove(feedId);
    } else if (feedId.equals(record.getFeedId()) && FeedIds.isFeedId(feedId)) {
      heads.put(record);
    } else {
      LOG.warn("passed over a head under another feed's key");
      return;
    }
    touch(feedId);
  }

  /** Takes a record of {@code most-read}; null: the list is no more. */
  public void mostRead(String key, @Nullable MostReadList record) {
    if (record == null) {
      lists.remove(key);
    } else if (key.equals(
        MostReadLists.key(record.getWindow(), record.getScope(), record.getEdition()))) {
      lists.put(key, record);
    } else {
      LOG.warn("passed over a list under another list's key");
    }
  }

  /** To be called after each batch of records, and once a second when there are none. */
  public void batchDone(Instant now) {
    events.flush(); // first: what follows takes its time
    boolean searchable = archive.batchDone(now);
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
   * Tells, after each batch, the ids of articles and feeds that changed, and once more when that
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

  private void touch(String feedId) {
    generations.merge(feedId, 1L, Long::sum);
    changed.add(feedId);
  }

  /** Grows whenever the first page of the feed may have changed. */
  public long generation(String feedId) {
    return generations.getOrDefault(feedId, 0L);
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
    if (after == null) {
      return heads.find(feedId).map(head -> firstPage(head, limit));
    }
    return heads.summary(feedId).map(feed -> laterPage(feed, after, limit));
  }

  private FeedPage firstPage(Feed head, int limit) {
    FeedSummary feed = new FeedSummary(
        head.getFeedId(), head.getTitle(), head.getTotal(), head.getRevision(), head.getUpdated());
    List<FeedPage.Item> items = new ArrayList<>();
    FeedEntry last = null;
    int seen = 0;
    for (FeedEntry entry : head.getEntries()) {
      if (items.size() == limit) {
        break;
      }
      seen++;
      last = entry;
      item(feed, entry).ifPresent(items::add);
    }
    boolean more = seen < head.getTotal() && !feed.curated();
    return new FeedPage(feed, items, more && last != null ? Cursor.after(last) : null);
  }

  private FeedPage laterPage(FeedSummary feed, Cursor after, int limit) {
    Archive.Page page = archive.page(Set.of(feed.feedId()), after, limit);
    List<FeedPage.Item> items = new ArrayList<>();
    Cursor next = null;
    for (PublishedArticle archived : page.articles()) {
      next = new Cursor(FeedEntries.feedTime(archived), archived.getArticleId());
      archive
          .find(archived.getArticleId())
          .flatMap(now -> FeedEntries.of(now).map(e -> new FeedPage.Item(e, now.getArticle())))
          .ifPresent(items::add);
    }
    return new FeedPage(feed, items, page.more() ? next : null);
  }

  /** The entry as it is to be shown; empty: it is no longer to be shown here. */
  private Optional<FeedPage.Item> item(FeedSummary feed, FeedEntry entry) {
    Optional<PublishedArticle> archived =
        entry.getLink() == null ? archive.find(entry.getArticleId()) : Optional.empty();
    if (archived.isEmpty() || archived.get().getVersion() < entry.getVersion()) {
      return SafeContent.of(entry).map(shown -> new FeedPage.Item(shown, null));
    }
    PublishedArticle now = archived.get();
    Set<String> feeds = FeedEntries.feedsOf(now);
    boolean here = feed.curated() ? !feeds.isEmpty() : feeds.contains(feed.feedId());
    return here
        ? FeedEntries.of(now).map(shown -> new FeedPage.Item(shown, now.getArticle()))
        : Optional.empty();
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
    return lists.find(MostReadLists.key(window, scope, edition));
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
