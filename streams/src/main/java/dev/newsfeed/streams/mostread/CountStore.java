package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.CountedArticle;
import dev.newsfeed.avro.state.SeenVisitors;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
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
 * changed since the one before goes to the changelog, one record per changed article:
 *
 * <pre>
 * a|harbour-treaty            → what it is, its buckets
 * v|harbour-treaty|983471|4   → visitors first seen in that slot since the last commit (chunk 4)
 * s|section/world             → (the partition has articles in this scope)
 * </pre>
 *
 * <p>Why two internal interfaces of Kafka Streams: what is written must be in the transaction that
 * commits the offsets, and {@code StateStore.commit} is called after it. The one callback before it
 * is {@link CachedStateStore#flushCache}, made for the record cache; {@link
 * InternalProcessorContext#logChange} is how the built-in stores write their changelog. A test fails
 * should either stop being called. Nothing outside this class knows of them.
 */
final class CountStore implements StateStore, CachedStateStore<Bytes, byte[]> {

  static final String NAME = "counts";

  private static final char ARTICLE = 'a';
  private static final char VISITORS = 'v';
  private static final char SCOPE = 's';
  private static final byte[] PRESENT = {};

  private final AvroSerde<CountedArticle> articleSerde;
  private final AvroSerde<SeenVisitors> visitorsSerde;
  private final Map<String, ArticleCount> articles = new HashMap<>();
  private final Set<String> scopes = new TreeSet<>();
  private final Set<ArticleCount> changed = new HashSet<>();
  private final Map<String, byte @Nullable []> toLog = new HashMap<>();
  private @Nullable InternalProcessorContext<?, ?> initialised;
  private boolean open;

  private CountStore(Topics topics) {
    articleSerde = topics.serde(CountedArticle.class);
    visitorsSerde = topics.serde(SeenVisitors.class);
  }

  /** All articles of the partition that anything is known of. */
  Collection<ArticleCount> articles() {
    return articles.values();
  }

  /** The article, to be read or changed; after a change call {@link #changed}. */
  ArticleCount article(String articleId) {
    ArticleCount known = articles.get(articleId);
    if (known == null) {
      known = new ArticleCount(articleId);
      articles.put(articleId, known);
      toLog.remove(key(ARTICLE, articleId)); // it may have been forgotten since the last commit
    }
    return known;
  }

  /** The article has changed and is to be kept at the next commit. */
  void changed(ArticleCount article) {
    changed.add(article);
  }

  /** Every scope that an article of this partition was ever in, in order of name. */
  Set<String> scopes() {
    return scopes;
  }

  /** Remembers a scope, so that its list is kept up although nothing may be left in it. */
  void scope(String scope) {
    if (scopes.add(scope)) {
      toLog.put(key(SCOPE, scope), PRESENT);
    }
  }

  /** Forgets what no window can need any more. */
  void prune(long nowMs, long slotMs) {
    Iterator<ArticleCount> all = articles.values().iterator();
    while (all.hasNext()) {
      ArticleCount article = all.next();
      boolean pruned = article.prune(nowMs);
      if (slotMs > 0) {
        pruned |= pruneSeen(article, Math.floorDiv(nowMs - ReadRules.KEPT_MS, slotMs));
      }
      if (article.isEmpty()) {
        all.remove();
        changed.remove(article);
        toLog.put(key(ARTICLE, article.articleId()), null);
      } else if (pruned) {
        changed.add(article);
      }
    }
  }

  private boolean pruneSeen(ArticleCount article, long firstKept) {
    return article.seen().entrySet().removeIf(slot -> {
      if (slot.getKey() >= firstKept) {
        return false;
      }
      for (int chunk = 0; chunk < slot.getValue().chunks(); chunk++) {
        toLog.put(visitorsKey(article, slot.getKey(), chunk), null);
      }
      return true;
    });
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
      case ARTICLE -> restoreArticle(rest, value);
      case VISITORS -> restoreVisitors(rest, value);
      case SCOPE -> scopes.add(rest);
      default -> throw new IllegalStateException("unknown record in the changelog of " + NAME);
    }
  }

  private void restoreArticle(String articleId, byte @Nullable [] value) {
    if (value == null) {
      articles.remove(articleId);
    } else {
      article(articleId).restore(articleSerde.read(NAME, value));
    }
  }

  private void restoreVisitors(String rest, byte @Nullable [] value) {
    String[] idSlotChunk = rest.split("\\|", 3);
    long slot = Long.parseLong(idSlotChunk[1]);
    if (value == null) {
      ArticleCount known = articles.get(idSlotChunk[0]);
      if (known != null) {
        known.seen().remove(slot); // a slot is forgotten as a whole
      }
      return;
    }
    article(idSlotChunk[0])
        .seen()
        .computeIfAbsent(slot, n -> new SeenInSlot())
        .restore(
            Integer.parseInt(idSlotChunk[2]), visitorsSerde.read(NAME, value).getVisitors());
  }

  /** Called by Kafka Streams before each commit, while the transaction is open. */
  @Override
  public void flushCache() {
    for (ArticleCount article : changed) {
      log(key(ARTICLE, article.articleId()), articleSerde.write(NAME, article.record()));
      article.seen().forEach((slot, visitors) -> {
        if (visitors.hasAdded()) {
          String key = visitorsKey(article, slot, visitors.chunks());
          ByteBuffer chunk = visitors.nextChunk();
          log(key, visitorsSerde.write(NAME, new SeenVisitors(chunk)));
        }
      });
    }
    changed.clear();
    toLog.forEach(this::log);
    toLog.clear();
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

  private static String visitorsKey(ArticleCount article, long slot, int chunk) {
    return key(VISITORS, article.articleId() + '|' + slot + '|' + chunk);
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
    articles.clear();
    scopes.clear();
    changed.clear();
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
  record Builder(Topics topics) implements StoreBuilder<CountStore> {
    @Override
    public CountStore build() {
      return new CountStore(topics);
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
