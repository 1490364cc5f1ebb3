package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every published article on disk, so that the heap does not grow with their number.
 *
 * <pre>
 * document   id   feed                       feedTime  record
 *            a1   all section/world kind/…   08:15     the article as Avro
 *            a2   (none)                               the notice of its withdrawal
 * commit     format=1  topic=Zx81…  0=17  1=5          next offset to read of each partition
 * </pre>
 *
 * The positions are committed together with the documents, so a restart goes on where the index
 * ends. A damaged index, one of another format, or one made from another topic is deleted and
 * built again from the topic.
 *
 * <p>A notice replaces its article at once for every reader. The bytes of the text stand in the
 * index files until their segment is merged: {@link #batchDone} sees to that within ten minutes.
 *
 * <p>One thread writes ({@link #put}, {@link #remove}, {@link #batchDone}), any number read.
 */
public final class Archive implements AutoCloseable {

  /** Some articles of a feed and whether there are more behind them. */
  public record Page(List<PublishedArticle> articles, boolean more) {}

  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);

  /** Raised when documents change, so that old ones are built anew. */
  private static final String FORMAT = "1";

  private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
  private static final int MAX_FRESH = 1_000;
  private static final Duration ERASE_EVERY = Duration.ofMinutes(10);
  private static final Sort FEED_ORDER = new Sort(
      new SortField("feedTime", SortField.Type.LONG, true),
      new SortField("order", SortField.Type.STRING));

  private final Topic<PublishedArticle> topic;
  private final String source;
  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final Map<Integer, Long> positions = new TreeMap<>();

  /** Written, but not yet in the searchers, for which a refresh (10 to 30 ms) is due. */
  private final Map<String, Optional<PublishedArticle>> fresh = new ConcurrentHashMap<>();

  private boolean dirty;
  private boolean eraseDue;
  private Instant lastCommit = Instant.EPOCH;
  private Instant lastErasure = Instant.EPOCH;

  private Archive(Topic<PublishedArticle> topic, String source, Directory directory)
      throws IOException {
    this.topic = topic;
    this.source = source;
    this.directory = directory;
    verify(directory);
    TieredMergePolicy merges = new TieredMergePolicy();
    merges.setForceMergeDeletesPctAllowed(0); // one withdrawn article is reason enough to merge
    this.writer = new IndexWriter(directory, new IndexWriterConfig().setMergePolicy(merges));
    try {
      Map<String, String> committed = committed();
      if (!committed.isEmpty()) {
        if (!FORMAT.equals(committed.get("format")) || !source.equals(committed.get("topic"))) {
          throw new IOException("it was made from another topic or by another version");
        }
        committed.forEach((key, value) -> {
          if (Character.isDigit(key.charAt(0))) {
            positions.put(Integer.parseInt(key), Long.parseLong(value));
          }
        });
      }
      eraseDue = writer.hasDeletions(); // a crash may have come before the merge
      this.searchers = new SearcherManager(writer, null);
    } catch (IOException | RuntimeException e) {
      writer.rollback();
      throw e;
    }
  }

  /**
   * Opens the archive in a directory of its own, or makes it.
   *
   * @param source tells the topic from one of the same name that was created anew
   * @throws UncheckedIOException when the directory cannot be used, or another gateway uses it
   */
  public static Archive open(Path directory, Topic<PublishedArticle> topic, String source) {
    try {
      Files.createDirectories(directory);
      try {
        return attempt(directory, topic, source);
      } catch (LockObtainFailedException e) {
        throw new IOException("another gateway uses the directory " + directory, e);
      } catch (IOException | RuntimeException e) {
        LOG.warn("building the archive anew directory={} cause={}", directory, e.toString());
        deleteFiles(directory);
        return attempt(directory, topic, source);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static Archive attempt(Path path, Topic<PublishedArticle> topic, String source)
      throws IOException {
    Directory directory = FSDirectory.open(path);
    try {
      return new Archive(topic, source, directory);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Reads every file once: better a slower start than a page that fails in the night. */
  private static void verify(Directory directory) throws IOException {
    if (!DirectoryReader.indexExists(directory)) {
      return;
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        if (leaf.reader() instanceof CodecReader segment) {
          segment.checkIntegrity();
        }
      }
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private Map<String, String> committed() {
    Map<String, String> data = new HashMap<>();
    Iterable<Map.Entry<String, String>> live = writer.getLiveCommitData();
    if (live != null) {
      live.forEach(e -> data.put(e.getKey(), e.getValue()));
    }
    return data;
  }

  /** The next offset to read of each partition; partitions never read are missing. */
  public Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  /** Stores what the topic says about an article now, in place of what it said before. */
  public void put(int partition, long offset, PublishedArticle published) {
    Document document = new Document();
    String id = published.getArticleId();
    document.add(new StringField("id", id, Field.Store.NO));
    for (String feedId : FeedEntries.feedsOf(published)) {
      document.add(new StringField("feed", feedId, Field.Store.NO));
    }
    long feedTime = FeedEntries.feedTime(published).toEpochMilli();
    document.add(new NumericDocValuesField("feedTime", feedTime));
    document.add(new LongPoint("feedTime", feedTime));
    document.add(new SortedDocValuesField("order", new BytesRef(id)));
    document.add(new StoredField("record", topic.valueSerde().write(topic.name(), published)));
    try {
      writer.updateDocument(new Term("id", id), document);
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
    fresh.put(id, Optional.of(published));
    eraseDue |= published.getStatus() != Status.usable;
    written(partition, offset);
  }

  /** Forgets an article whose key the topic deletes. */
  public void remove(int partition, long offset, String articleId) {
    try {
      writer.deleteDocuments(new Term("id", articleId));
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
    fresh.put(articleId, Optional.empty());
    eraseDue = true;
    written(partition, offset);
  }

  private void written(int partition, long offset) {
    positions.put(partition, offset + 1);
    dirty = true;
  }

  /** To be called when the topic has nothing more for the moment, and at least once a second. */
  public void batchDone(Instant now) {
    try {
      boolean commitDue = !now.isBefore(lastCommit.plus(COMMIT_EVERY));
      if (fresh.size() >= MAX_FRESH || (commitDue && !fresh.isEmpty())) {
        searchers.maybeRefreshBlocking();
        fresh.clear();
      }
      if (eraseDue && !now.isBefore(lastErasure.plus(ERASE_EVERY))) {
        lastErasure = now;
        eraseDue = false;
        dirty = true;
        writer.forceMergeDeletes(false); // in the background; the commit after it drops the files
      }
      if (commitDue && (dirty || writer.hasUncommittedChanges())) {
        lastCommit = now;
        commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
  }

  private void commit() throws IOException {
    Map<String, String> data = new TreeMap<>();
    data.put("format", FORMAT);
    data.put("topic", source);
    positions.forEach((partition, next) -> data.put(partition.toString(), next.toString()));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
    dirty = false;
  }

  /** What the public may know of an article: itself, a notice, or nothing. */
  public Optional<PublishedArticle> find(String articleId) {
    Optional<PublishedArticle> written = fresh.get(articleId);
    if (written != null) {
      return written;
    }
    return searching(searcher -> {
      TopDocs found =
          searcher.search(new ConstantScoreQuery(new TermQuery(new Term("id", articleId))), 1);
      return found.scoreDocs.length == 0
          ? Optional.empty()
          : Optional.of(record(searcher, found.scoreDocs[0].doc));
    });
  }

  /**
   * Articles that stand in at least one of the feeds, in feed order, as they were at most a second
   * ago: {@link #find} says what has become of them since.
   *
   * @param after where to go on; null: from the newest
   */
  public Page page(Collection<String> feedIds, @Nullable Cursor after, int limit) {
    return searching(searcher -> {
      Query feeds =
          new TermInSetQuery("feed", feedIds.stream().map(BytesRef::new).toList());
      TopDocs found = after == null
          ? searcher.search(feeds, limit + 1, FEED_ORDER)
          : searcher.searchAfter(place(searcher, after), feeds, limit + 1, FEED_ORDER);
      List<PublishedArticle> articles = new ArrayList<>();
      for (ScoreDoc hit : found.scoreDocs) {
        if (articles.size() < limit) {
          articles.add(record(searcher, hit.doc));
        }
      }
      return new Page(articles, found.scoreDocs.length > limit);
    });
  }

  /** Behind the cursor's own article, which no other document equals in feed order. */
  private static FieldDoc place(IndexSearcher searcher, Cursor after) {
    int lastDoc = Math.max(0, searcher.getIndexReader().maxDoc() - 1);
    return new FieldDoc(lastDoc, Float.NaN, new Object[] {
      after.feedTime().toEpochMilli(), new BytesRef(after.articleId())
    });
  }

  private PublishedArticle record(IndexSearcher searcher, int doc) throws IOException {
    BytesRef bytes = searcher.storedFields().document(doc).getBinaryValue("record");
    byte[] exact = Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length);
    return topic.valueSerde().read(topic.name(), exact);
  }

  /** How many articles and notices there are. */
  public int size() {
    return searching(searcher -> searcher.getIndexReader().numDocs());
  }

  private interface Search<T> {
    T in(IndexSearcher searcher) throws IOException;
  }

  private <T> T searching(Search<T> search) {
    try {
      IndexSearcher searcher = searchers.acquire();
      try {
        return search.in(searcher);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be read", e);
    }
  }

  @Override
  public void close() {
    try {
      searchers.close();
      if (writer.isOpen()) {
        if (dirty) {
          commit();
        }
        writer.close();
      }
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be closed", e);
    }
  }
}
