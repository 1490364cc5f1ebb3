package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Looks for the articles of a query. */
final class Search {

  /**
   * BM25 without what the rest of the archive adds to it: the rarity of words, which decides little
   * where all of them must be there, and the average length. What is published while a reader
   * pages then moves no score, and no article is skipped or shown twice.
   */
  private static final Similarity STEADY = new BM25Similarity() {
    private static final float USUAL_LENGTH = 300;

    @Override
    protected float idf(long having, long all) {
      return 1;
    }

    @Override
    protected float avgFieldLength(CollectionStatistics statistics) {
      return USUAL_LENGTH;
    }
  };

  private Search() {}

  static Archive.Found in(
      IndexSearcher archive, SearchQuery asked, @Nullable SearchPlace after, int limit)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(archive.getIndexReader());
    searcher.setSimilarity(STEADY);
    boolean best = asked.order() == SearchQuery.Order.RELEVANCE;
    Sort order = best ? Documents.BEST_FIRST : Documents.FEED_ORDER;
    Query query = asked.query(Languages.inUse(archive.getIndexReader()));
    TopDocs found = after == null
        ? searcher.search(query, limit + 1, order)
        : searcher.searchAfter(place(searcher, after, best), query, limit + 1, order);
    List<SearchPlace> places = new ArrayList<>();
    for (ScoreDoc hit : found.scoreDocs) {
      if (places.size() < limit) {
        places.add(place(((FieldDoc) hit).fields, best, asked.asOf()));
      }
    }
    return new Archive.Found(
        places,
        found.scoreDocs.length > limit,
        found.totalHits.value,
        found.totalHits.relation == TotalHits.Relation.EQUAL_TO);
  }

  private static SearchPlace place(Object[] sortedBy, boolean best, Instant asOf) {
    int first = best ? 1 : 0;
    return new SearchPlace(
        best ? (Float) sortedBy[0] : 0,
        asOf,
        Instant.ofEpochMilli((Long) sortedBy[first]),
        ((BytesRef) sortedBy[first + 1]).utf8ToString());
  }

  private static FieldDoc place(IndexSearcher searcher, SearchPlace after, boolean best) {
    Object feedTime = after.feedTime().toEpochMilli();
    Object id = new BytesRef(after.articleId());
    Object[] sortedBy =
        best ? new Object[] {after.score(), feedTime, id} : new Object[] {feedTime, id};
    return new FieldDoc(Archive.lastDoc(searcher), Float.NaN, sortedBy);
  }
}
