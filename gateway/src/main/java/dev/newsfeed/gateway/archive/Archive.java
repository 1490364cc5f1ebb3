package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Every published article on disk, so that the heap does not grow with their number.
 *
 * <pre>
 * put ──▶ fresh (heap, at most a second) ──▶ searchable ──▶ committed with the topic's position
 * find, page              see both
 * search, related         see what is searchable
 * </pre>
 *
 * A notice replaces its article at once for {@link #find}, which is therefore asked before anything
 * of an article is shown. {@link Erasure} takes the bytes of the text out of the files.
 *
 * <p>One thread writes ({@link #put}, {@link #remove}, {@link #batchDone}), any number read.
 */
public final class Archive implements AutoCloseable {

  /** Some articles of a feed and whether there are more behind them. */
  public record Page(List<PublishedArticle> articles, boolean more) {}

  /**
   * Places of some of the articles that a query finds.
   *
   * @param more whether there are more behind them
   * @param total how many there are in all; at least so many where it is not exact
   */
  public record Found(List<SearchPlace> places, boolean more, long total, boolean exact) {}

  private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
  private static final int MAX_FRESH = 1_000;
  private static final int MAX_AT_ONE_ADDRESS = 10;

  /** What was written last about an article. */
  private record Written(Optional<PublishedArticle> record, Set<String> addresses) {}

  private final Documents documents;
  private final ArchiveFiles files;
  private final Erasure erasure;
  private final SearcherManager searchers;

  /** Written, but not yet in the searchers, for which a refresh (10 to 30 ms) is due. */
  private final Map<String, Written> fresh = new ConcurrentHashMap<>();

  private boolean dirty;
  private Instant lastCommit = Instant.EPOCH;

  private Archive(Documents documents, ArchiveFiles files, Duration eraseEvery) throws IOException {
    this.documents = documents;
    this.files = files;
    this.erasure = new Erasure(files.writer(), eraseEvery);
    this.searchers = new SearcherManager(files.writer(), null);
  }

  /**
   * Opens the archive in a directory of its own, or makes it.
   *
   * @param source tells the topic from one of the same name that was created anew
   * @param eraseEvery how far apart merges are at least by which withdrawn texts leave the files
   * @throws UncheckedIOException when the directory cannot be used, or another gateway uses it
   */
  public static Archive open(
      Path directory, Topic<PublishedArticle> topic, String source, Duration eraseEvery) {
    try {
      ArchiveFiles files = ArchiveFiles.open(directory, source);
      try {
        return new Archive(new Documents(topic), files, eraseEvery);
      } catch (IOException | RuntimeException e) {
        files.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** The next offset to read of each partition; partitions never read are missing. */
  public Map<Integer, Long> positions() {
    return files.positions();
  }

  /** Stores what the topic says about an article now, in place of what it said before. */
  public void put(int partition, long offset, PublishedArticle published) {
    String id = published.getArticleId();
    boolean gone = published.getStatus() != Status.usable;
    Set<String> addresses = gone ? addresses(id) : AddressKeys.of(published.getArticle());
    try {
      files.writer().updateDocument(new Term(Documents.ID, id), documents.of(published, addresses));
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
    fresh.put(id, new Written(Optional.of(published), addresses));
    written(partition, offset, gone);
  }

  /** Forgets an article whose key the topic deletes. */
  public void remove(int partition, long offset, String articleId) {
    try {
      files.writer().deleteDocuments(new Term(Documents.ID, articleId));
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
    fresh.put(articleId, new Written(Optional.empty(), Set.of()));
    written(partition, offset, true);
  }

  private void written(int partition, long offset, boolean gone) {
    files.written(partition, offset);
    dirty = true;
    if (gone) {
      erasure.due();
    }
  }

  /** The addresses under which an article is known: a notice does not name them any more. */
  private Set<String> addresses(String articleId) {
    Written written = fresh.get(articleId);
    if (written != null) {
      return written.addresses();
    }
    return searching(searcher -> {
      TopDocs found = byId(searcher, articleId);
      return found.scoreDocs.length == 0
          ? Set.of()
          : Documents.addresses(searcher, found.scoreDocs[0].doc);
    });
  }

  /**
   * To be called when the topic has nothing more for the moment, and at least once a second.
   *
   * @return whether all that was written is searchable now
   */
  public boolean batchDone(Instant now) {
    try {
      boolean erased = erasure.merged();
      boolean commitDue = erased || !now.isBefore(lastCommit.plus(COMMIT_EVERY));
      boolean refreshDue = erased || fresh.size() >= MAX_FRESH || (commitDue && !fresh.isEmpty());
      if (refreshDue) {
        searchers.maybeRefreshBlocking();
        fresh.clear();
      }
      erasure.begin(now);
      if (commitDue && (erased || dirty || files.writer().hasUncommittedChanges())) {
        lastCommit = now;
        files.commit();
        dirty = false;
      }
      if (erased) {
        erasure.finish();
      }
      return refreshDue;
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be written", e);
    }
  }

  /** Whether nothing of a withdrawn text is left in the files. */
  public boolean erased() {
    return erasure.done();
  }

  /** What the public may know of an article: itself, a notice, or nothing. */
  public Optional<PublishedArticle> find(String articleId) {
    Written written = fresh.get(articleId);
    if (written != null) {
      return written.record();
    }
    return searching(searcher -> {
      TopDocs found = byId(searcher, articleId);
      return found.scoreDocs.length == 0
          ? Optional.empty()
          : Optional.of(documents.record(searcher, found.scoreDocs[0].doc));
    });
  }

  private static TopDocs byId(IndexSearcher searcher, String articleId) throws IOException {
    Term id = new Term(Documents.ID, articleId);
    return searcher.search(new ConstantScoreQuery(new TermQuery(id)), 1);
  }

  /**
   * What is, or was, at a path of this site. Where several articles claim it, a notice gives way to
   * an article, and an older one to a newer.
   *
   * @param authority the site's host, with its port where it is not the usual one
   * @param query without the question mark; empty where there is none
   */
  public Optional<PublishedArticle> findAt(String authority, String path, String query) {
    Set<String> keys = AddressKeys.asked(authority, path, query);
    List<PublishedArticle> found = new ArrayList<>();
    fresh.values().stream()
        .filter(written -> keys.stream().anyMatch(written.addresses()::contains))
        .forEach(written -> written.record().ifPresent(found::add));
    Query address =
        new TermInSetQuery(Documents.ADDRESS, keys.stream().map(BytesRef::new).toList());
    found.addAll(
        searching(searcher -> records(searcher, searcher.search(address, MAX_AT_ONE_ADDRESS))));
    return found.stream()
        .flatMap(article -> find(article.getArticleId()).stream()) // as it is now
        .max(Comparator.<PublishedArticle, Boolean>comparing(
                article -> article.getStatus() == Status.usable)
            .thenComparing(FeedEntries::feedTime));
  }

  /**
   * Articles of a choice as they are now, in feed order.
   *
   * @param after where to go on; null: from the newest
   */
  public Page page(FeedChoice choice, @Nullable Cursor after, int limit) {
    Map<String, Written> newest = newest();
    List<PublishedArticle> found = in(choice, newest);
    found.removeIf(article -> after != null && Cursor.of(article).compareTo(after) <= 0);
    found.addAll(searching(searcher -> {
      Query query = choice.query(newest.keySet());
      TopDocs archived = after == null
          ? searcher.search(query, limit + 1, Documents.FEED_ORDER)
          : searcher.searchAfter(place(searcher, after), query, limit + 1, Documents.FEED_ORDER);
      return records(searcher, archived);
    }));
    found.sort(Comparator.comparing(Cursor::of));
    boolean more = found.size() > limit;
    return new Page(List.copyOf(more ? found.subList(0, limit) : found), more);
  }

  /** The feed time of the oldest article of a choice; empty: there is none. */
  public Optional<Instant> oldest(FeedChoice choice) {
    Map<String, Written> newest = newest();
    List<PublishedArticle> found = in(choice, newest);
    found.addAll(searching(searcher -> records(
        searcher, searcher.search(choice.query(newest.keySet()), 1, Documents.OLDEST_FIRST))));
    return found.stream().map(FeedEntries::feedTime).min(Comparator.naturalOrder());
  }

  /** How many articles there are in a choice. */
  public int count(FeedChoice choice) {
    Map<String, Written> newest = newest();
    return in(choice, newest).size()
        + searching(searcher -> searcher.count(choice.query(newest.keySet())));
  }

  /**
   * What the searchers may not know yet. To be taken before a searcher is: what a refresh takes out
   * of it is then in the searcher, and never in neither.
   */
  private Map<String, Written> newest() {
    return Map.copyOf(fresh);
  }

  private static List<PublishedArticle> in(FeedChoice choice, Map<String, Written> newest) {
    List<PublishedArticle> found = new ArrayList<>();
    newest.values().stream()
        .flatMap(written -> written.record().stream())
        .filter(a -> choice.has(FeedEntries.feedsOf(a), FeedEntries.feedTime(a)))
        .forEach(found::add);
    return found;
  }

  private List<PublishedArticle> records(IndexSearcher searcher, TopDocs found) throws IOException {
    List<PublishedArticle> records = new ArrayList<>(found.scoreDocs.length);
    for (ScoreDoc hit : found.scoreDocs) {
      records.add(documents.record(searcher, hit.doc));
    }
    return records;
  }

  /**
   * The latest notices, the latest first, as they were at most a second ago: {@link #find} says what
   * has become of them since.
   */
  public List<PublishedArticle> notices(int atMost) {
    return searching(searcher -> {
      List<PublishedArticle> notices = new ArrayList<>();
      TopDocs found = searcher.search(Documents.NOTICES, atMost, Documents.NOTICE_ORDER);
      for (ScoreDoc hit : found.scoreDocs) {
        notices.add(documents.record(searcher, hit.doc));
      }
      return notices;
    });
  }

  /** Behind the cursor's own article, which no other document equals in feed order. */
  private static FieldDoc place(IndexSearcher searcher, Cursor after) {
    return new FieldDoc(lastDoc(searcher), Float.NaN, new Object[] {
      after.feedTime().toEpochMilli(), new BytesRef(after.articleId())
    });
  }

  static int lastDoc(IndexSearcher searcher) {
    return Math.max(0, searcher.getIndexReader().maxDoc() - 1);
  }

  /**
   * Listed articles that have to do with one, best first, as they were at most a second ago: {@link
   * #find} says what has become of them since.
   *
   * @param without ids that are known already
   */
  public List<String> related(Article article, Set<String> without, Instant now, int atMost) {
    return searching(searcher -> Related.to(article, searcher, without, now, atMost));
  }

  /**
   * Articles that a query finds, as they were at most a second ago: {@link #find} says what has
   * become of them since.
   *
   * @param after where to go on; null: from the first
   */
  public Found search(SearchQuery query, @Nullable SearchPlace after, int limit) {
    return searching(searcher -> Search.in(searcher, query, after, limit));
  }

  /** Where in an article stands what a query looks for; nothing where it has no words. */
  public static List<Highlight> highlights(SearchQuery query, Article article) {
    return query.phrases().isEmpty() ? List.of() : new Highlighting(query.phrases()).of(article);
  }

  /** How many articles and notices there are. */
  public int size() {
    return searching(searcher -> searcher.getIndexReader().numDocs());
  }

  private interface Reading<T> {
    T in(IndexSearcher searcher) throws IOException;
  }

  private <T> T searching(Reading<T> reading) {
    try {
      IndexSearcher searcher = searchers.acquire();
      try {
        return reading.in(searcher);
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
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be closed", e);
    }
    files.close();
  }
}
