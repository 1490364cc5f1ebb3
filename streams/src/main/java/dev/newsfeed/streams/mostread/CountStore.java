package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.CountedArticle;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.ReadRows;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one partition, on the heap. Counting touches nothing else; just before a commit, what
 * changed since the one before goes to the changelog:
 *
 * <pre>
 * a|harbour-treaty            → how it would be listed; empty: known, and not listed
 * c|harbour-treaty            → clicks that are counted without a row: refused ones, mostly
 * r|harbour-treaty|20514|4    → rows 256 to 319 of its reads of that day
 * s|section/world             → (the partition has articles in this scope)
 * </pre>
 *
 * Reads themselves are not written as counts: they are what the rows come to, so the two cannot
 * disagree.
 *
 * <p>Why two internal interfaces of Kafka Streams: what is written must be in the transaction that
 * commits the offsets, and {@code StateStore.commit} is called after it. The one callback before it
 * is {@link CachedStateStore#flushCache}, made for the record cache; {@link
 * InternalProcessorContext#logChange} is how the built-in stores write their changelog. A test fails
 * should either stop being called. Nothing outside this class knows of them.
 */
final class CountStore implements StateStore, CachedStateStore<Bytes, byte[]> {

  static final String NAME = "counts";

  /** Ids that are clicked on and are no article's yet; and how many reads of them are kept. */
  static final int UNKNOWN_AT_MOST = 10_000;

  static final int UNKNOWN_READS_AT_MOST = 1_000_000;

  /** Enough for several on each article that is read; they take 1 MiB. */
  private static final int WAITING_AT_MOST = 32_768;

  /** Under this id, which no article has, stands what cannot be put down to any other. */
  private static final String NOBODY = "";

  private static final char ARTICLE = 'a';
  private static final char COUNTS = 'c';
  private static final char ROWS = 'r';
  private static final char SCOPE = 's';
  private static final byte[] PRESENT = {};

  private final AvroSerde<Listing> listingSerde;
  private final AvroSerde<CountedArticle> countsSerde;
  private final AvroSerde<ReadRows> rowsSerde;
  private final ReadRules rules;
  private final Retention retention = new Retention();
  private final ArticleTable articles = new ArticleTable();
  private final Set<String> scopes = new TreeSet<>();
  private final WaitingClicks waiting = new WaitingClicks(WAITING_AT_MOST);
  private final List<ArticleCount> changed = new ArrayList<>();
  private final List<ArticleCount> unsettled = new ArrayList<>();
  private final Map<String, byte @Nullable []> toLog = new LinkedHashMap<>();
  private boolean isUrgent;
  private int unknown;
  private int unknownReads;
  private @Nullable InternalProcessorContext<?, ?> initialised;
  private boolean open;

  private CountStore(Topics topics, ReadRules rules) {
    this.listingSerde = topics.serde(Listing.class);
    this.countsSerde = topics.serde(CountedArticle.class);
    this.rowsSerde = topics.serde(ReadRows.class);
    this.rules = rules;
  }

  /** All articles of the partition that anything is known of, ready to be ranked. */
  Collection<ArticleCount> articles() {
    countWaiting();
    for (ArticleCount article : unsettled) {
      article.settle();
      article.isUnsettled = false;
    }
    unsettled.clear();
    return articles;
  }

  /** Every scope that an article of this partition was ever in, in order of name. */
  Set<String> scopes() {
    return scopes;
  }

  /** What is counted or noted under the article's id of a click; null: nothing yet. */
  @Nullable
  ArticleCount find(ClickView click) {
    int length = click.articleIdLength();
    return length == 0 ? null : articles.find(click.articleIdBytes(), length);
  }

  /** Begins to count under an id that {@link #find} knows nothing of, and makes room for it. */
  ArticleCount begin(String articleId) {
    if (++unknown > UNKNOWN_AT_MOST) {
      countWaiting();
      forgetUnknown();
    }
    return article(articleId);
  }

  /**
   * Counts a click as a read, or as a repeat; perhaps together with others a little later, but before
   * anything is written or asked for.
   *
   * @param timeMs when it happened
   */
  void count(ArticleCount article, ClickView click, long timeMs) {
    clicked(article, timeMs);
    waiting.add(article, click, timeMs);
    unknownReads += article.isKnown() ? 0 : 1;
    if (waiting.isFull()) {
      countWaiting();
    }
  }

  private void countWaiting() {
    waiting.count();
    if (unknownReads > UNKNOWN_READS_AT_MOST) {
      forgetUnknown();
    }
  }

  /** Counts a click as refused. */
  void refuse(ArticleCount article, String reason, long timeMs) {
    clicked(article, timeMs);
    article.refuse(reason, timeMs, 1);
  }

  private void clicked(ArticleCount article, long timeMs) {
    article.clickedAt(timeMs);
    changed(article);
    if (!article.isUnsettled) {
      article.isUnsettled = true;
      unsettled.add(article);
    }
  }

  /**
   * Notes how an article would be listed.
   *
   * @param listing null: not at all
   */
  void list(String articleId, @Nullable Listing listing) {
    ArticleCount article = article(articleId);
    isUrgent |= isShown(article.listing()) && !isShown(listing);
    article.list(listing);
    article.isListingChanged = true;
    changed(article);
  }

  private static boolean isShown(@Nullable Listing listing) {
    return listing != null && listing.getUsable();
  }

  /** Whether an article was taken off the lists since the last call: readers must not wait. */
  boolean takeUrgency() {
    boolean was = isUrgent;
    isUrgent = false;
    return was;
  }

  /** Whether there is anything for the changelog. */
  boolean hasChanges() {
    return !changed.isEmpty() || !toLog.isEmpty();
  }

  private ArticleCount article(String articleId) {
    ArticleCount article = articles.find(articleId);
    if (article == null) {
      article = new ArticleCount(articleId, rules, retention);
      articles.put(article);
    }
    return article;
  }

  private void changed(ArticleCount article) {
    if (!article.isChanged) {
      article.isChanged = true;
      changed.add(article);
    }
  }

  /** Remembers a scope, so that its list is kept up although nothing may be left in it. */
  void scope(String scope) {
    // "all" is there from the start: state before any input would have no position to go with it
    if (scopes.add(scope) && !scope.equals(Ranking.ALL)) {
      toLog.put(key(SCOPE, scope), PRESENT);
    }
  }

  /** Forgets what no window can need any more. */
  void prune(long nowMs) {
    countWaiting();
    retention.advance(nowMs);
    long firstKept = Math.floorDiv(nowMs - ReadRules.KEPT_MS, ReadsOfDay.DAY_MS);
    long firstBusy = Math.floorDiv(nowMs, ReadsOfDay.DAY_MS) - 1;
    articles.removeIf(article -> {
      boolean hadNoCounts = article.hasNoCounts();
      boolean pruned = article.prune(nowMs);
      article.days().removeIf(day -> {
        boolean isOver = day.day() < firstKept;
        if (isOver) {
          forgetRows(article, day);
        }
        return isOver;
      });
      for (ReadsOfDay day : article.days()) {
        if (day.day() < firstBusy) {
          day.rest();
        }
      }
      if (article.isEmpty()) {
        forget(article, hadNoCounts);
      } else if (pruned) {
        changed(article);
      }
      return article.isForgotten;
    });
    countUnknown();
  }

  private void forget(ArticleCount article, boolean hadNoCounts) {
    article.isForgotten = true;
    if (article.isKnown()) {
      toLog.put(key(ARTICLE, article.articleId()), null);
    }
    if (!hadNoCounts) {
      toLog.put(key(COUNTS, article.articleId()), null);
    }
  }

  private void countUnknown() {
    unknown = 0;
    unknownReads = 0;
    for (ArticleCount article : articles) {
      if (!article.isKnown()) {
        unknown++;
        unknownReads += article.rows();
      }
    }
  }

  /** Makes room: ids that were not clicked on for longest go, until half of what is allowed is left. */
  private void forgetUnknown() {
    countUnknown();
    List<ArticleCount> candidates = new ArrayList<>();
    for (ArticleCount article : articles) {
      if (!article.isKnown() && !article.articleId().equals(NOBODY)) {
        candidates.add(article);
      }
    }
    candidates.sort(Comparator.comparingLong(ArticleCount::clickedAtMs));
    ArticleCount nobody = article(NOBODY);
    for (ArticleCount article : candidates) {
      if (unknown <= UNKNOWN_AT_MOST / 2 && unknownReads <= UNKNOWN_READS_AT_MOST / 2) {
        break;
      }
      unknown--;
      unknownReads -= article.rows();
      if (article.rows() > 0) {
        nobody.refuse(ReadRules.UNKNOWN_ARTICLE, article.clickedAtMs(), article.rows());
      }
      article.days().forEach(day -> forgetRows(article, day));
      forget(article, false);
    }
    articles.removeIf(article -> article.isForgotten);
    changed(nobody);
  }

  private void forgetRows(ArticleCount article, ReadsOfDay day) {
    for (int chunk = 0; chunk < day.chunks(); chunk++) {
      toLog.put(rowsKey(article, day.day(), chunk), null);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    initialised = (InternalProcessorContext<?, ?>) context;
    context.register(root, this::restore);
    open = true;
  }

  /** Takes one record of the changelog. */
  void restore(byte[] keyBytes, byte @Nullable [] value) {
    String key = new String(keyBytes, StandardCharsets.UTF_8);
    String rest = key.substring(2);
    switch (key.charAt(0)) {
      case ARTICLE -> {
        if (value == null) {
          article(rest).unlist();
        } else {
          article(rest).list(value.length == 0 ? null : listingSerde.read(NAME, value));
        }
      }
      case COUNTS -> article(rest).restore(value == null ? null : countsSerde.read(NAME, value));
      case ROWS -> {
        String[] idDayChunk = rest.split("\\|", 3);
        article(idDayChunk[0])
            .restore(
                Long.parseLong(idDayChunk[1]),
                Integer.parseInt(idDayChunk[2]),
                value == null ? null : rowsSerde.read(NAME, value).getRows());
      }
      case SCOPE -> scopes.add(rest);
      default ->
        throw new IllegalStateException("the changelog of " + NAME + " holds counts of a version"
            + " before this one: delete the job's group and its changelog, and it counts the clicks"
            + " that the log still has again");
    }
  }

  /** All of the changelog has been read: counts what it said. */
  void restored(long nowMs) {
    retention.advance(nowMs);
    for (ArticleCount article : articles) {
      article.restored();
      article.settle();
      if (article.days().stream().anyMatch(ReadsOfDay::hasUnwritten)) {
        changed(article);
      }
    }
    articles.removeIf(ArticleCount::isEmpty);
    countUnknown();
  }

  /** Called by Kafka Streams before each commit, while the transaction is open. */
  @Override
  public void flushCache() {
    countWaiting();
    // first what is gone: an article that was forgotten may be back
    toLog.forEach(this::log);
    toLog.clear();
    for (ArticleCount article : changed) {
      article.isChanged = false;
      if (!article.isForgotten) {
        logChanged(article);
      }
    }
    changed.clear();
  }

  private void logChanged(ArticleCount article) {
    if (article.isListingChanged) {
      article.isListingChanged = false;
      Listing listing = article.listing();
      log(
          key(ARTICLE, article.articleId()),
          listing == null ? PRESENT : listingSerde.write(NAME, listing));
    }
    if (article.areCountsChanged) {
      article.areCountsChanged = false;
      log(key(COUNTS, article.articleId()), countsSerde.write(NAME, article.counts()));
    }
    for (ReadsOfDay day : article.days()) {
      if (day.hasUnwritten()) {
        day.writeChanged((chunk, rows) -> log(
            rowsKey(article, day.day(), chunk),
            rows == null ? null : rowsSerde.write(NAME, new ReadRows(rows))));
      }
    }
  }

  private void log(String key, byte @Nullable [] value) {
    InternalProcessorContext<?, ?> context = Objects.requireNonNull(initialised);
    context.logChange(
        NAME,
        Bytes.wrap(key.getBytes(StandardCharsets.UTF_8)),
        value,
        context.currentSystemTimeMs(),
        new RecordHeaders(),
        Position.emptyPosition());
  }

  private static String key(char type, String rest) {
    return type + "|" + rest;
  }

  private static String rowsKey(ArticleCount article, long day, int chunk) {
    return key(ROWS, article.articleId() + '|' + day + '|' + chunk);
  }

  @Override
  public boolean setFlushListener(
      CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
    return false; // nothing downstream hangs on single flushed entries
  }

  @Override
  public void clearCache() {
    // what is on the heap is the store itself, not a cache of it
  }

  @Override
  public void close() {
    open = false;
    waiting.clear();
    articles.clear();
    scopes.clear();
    changed.clear();
    unsettled.clear();
    toLog.clear();
  }

  /** Not kept on disk: after a restart it comes from the changelog. */
  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Makes a store per task. */
  record Builder(Topics topics, ReadRules rules) implements StoreBuilder<CountStore> {
    @Override
    public CountStore build() {
      return new CountStore(topics, rules);
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return true;
    }

    @Override
    public StoreBuilder<CountStore> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<CountStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<CountStore> withLoggingEnabled(Map<String, String> config) {
      return this;
    }

    @Override
    public StoreBuilder<CountStore> withLoggingDisabled() {
      throw new IllegalStateException("counts without a changelog would be lost in a crash");
    }
  }
}
