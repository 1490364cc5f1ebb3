package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Finds what has to do with an article.
 *
 * <p>Another article is related when it names one of the same persons or topics, or uses at least
 * three of the words that tell this article from the rest of the archive. How much it is related is
 * the sum of
 *
 * <pre>
 * 3.0 × rarity   of each shared person          rarity: ln(1 + (N - n + 0.5) / (n + 0.5)), where n of
 * 2.0 × rarity   of each shared topic                   N articles have it, so that a person in every
 * 0.5 × rarity   of each shared section                 tenth article says less than one in two
 * 0.5 × rarity   of each shared word, 1.0 where it is from our headline or lead,
 *                less the more seldom and the longer the other text is (BM25)
 * 2.0 × 30 days / (30 days + age)               so that of two equally near the newer one wins
 * </pre>
 *
 * The words are those 12 of the first 80 different ones, headline first, whose weight times rarity
 * is highest: news says first what it is about. A word in more than a tenth of all articles is never one of them: that is how "the"
 * and "said" are left out in any language.
 *
 * <p>The cost has bounds: 80 look-ups of a word's number, then one query of at most 12 words, 20
 * persons, 20 topics and 5 sections, in which Lucene passes over what can no longer come in among
 * the best (block-max WAND), however many articles share the section.
 *
 * <p>Scores are compared in hundredths, then newest first, then by id, so that the order of
 * summation decides nothing.
 */
final class Related {

  private static final float PERSON = 3.0f;
  private static final float TOPIC = 2.0f;
  private static final float SECTION = 0.5f;
  private static final float WORD = 0.5f;
  private static final float RECENCY = 2.0f;
  private static final Duration HALF_RECENT = Duration.ofDays(30);

  private static final int MAX_LABELS = 20;
  private static final int MAX_SECTIONS = 5;
  private static final int MAX_LOOKED_UP = 80;
  private static final int MAX_WORDS = 12;
  private static final int MIN_SHARED_WORDS = 3;
  private static final int COMMON = 10; // one in so many
  private static final int FEW = 5; // are never common, however small the archive

  /** A word that may tell the article from others, and how much it counts in it. */
  private record Candidate(Term word, TermStates states, float weight, double worth) {}

  private final Article article;
  private final IndexSearcher searcher;

  private Related(Article article, IndexSearcher searcher) {
    this.article = article;
    this.searcher = searcher;
  }

  /** Ids of related articles that are listed, best first. */
  static List<String> to(
      Article article, IndexSearcher searcher, Set<String> without, Instant now, int atMost)
      throws IOException {
    Query query = new Related(article, searcher).query(without, now);
    List<FieldDoc> found = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query, atMost, Documents.BEST_FIRST).scoreDocs) {
      found.add((FieldDoc) hit);
    }
    found.sort(Comparator.comparingLong(Related::hundredths)
        .reversed()
        .thenComparing(Related::feedTime, Comparator.reverseOrder())
        .thenComparing(Related::id));
    return found.stream().map(Related::id).toList();
  }

  private static long hundredths(FieldDoc hit) {
    return Math.round((Float) hit.fields[0] * 100.0);
  }

  private static Long feedTime(FieldDoc hit) {
    return (Long) hit.fields[1];
  }

  private static String id(FieldDoc hit) {
    return ((BytesRef) hit.fields[2]).utf8ToString();
  }

  private Query query(Set<String> without, Instant now) throws IOException {
    BooleanQuery.Builder near = new BooleanQuery.Builder();
    labels(near, "person/", article.getPersons(), PERSON);
    labels(near, "topic/", article.getTopics(), TOPIC);
    words(near);

    List<Label> sections = new ArrayList<>(article.getExtraSections());
    if (article.getSection() != null) {
      sections.add(0, article.getSection());
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(near.build(), Occur.MUST);
    labels(query, "section/", sections.stream().limit(MAX_SECTIONS).toList(), SECTION);
    // the next full hour: nothing is newer, and from one request to the next no score changes
    long origin = now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS).toEpochMilli();
    query.add(
        LongField.newDistanceFeatureQuery(
            Documents.FEED_TIME, RECENCY, origin, HALF_RECENT.toMillis()),
        Occur.SHOULD);
    query.add(new TermQuery(new Term(Documents.FEED, "all")), Occur.FILTER);
    Set<String> not = new HashSet<>(without);
    not.add(article.getArticleId());
    query.add(
        new TermInSetQuery(Documents.ID, not.stream().map(BytesRef::new).toList()), Occur.MUST_NOT);
    return query.build();
  }

  private static void labels(
      BooleanQuery.Builder query, String prefix, List<Label> labels, float weight) {
    labels.stream()
        .map(label -> prefix + label.getSlug())
        .distinct()
        .limit(MAX_LABELS)
        .forEach(feedId -> query.add(
            new BoostQuery(new TermQuery(new Term(Documents.FEED, feedId)), weight), Occur.SHOULD));
  }

  private void words(BooleanQuery.Builder near) throws IOException {
    List<Candidate> chosen = candidates();
    if (chosen.size() < MIN_SHARED_WORDS) {
      return;
    }
    BooleanQuery.Builder words = new BooleanQuery.Builder();
    for (Candidate candidate : chosen) {
      Query word = new TermQuery(candidate.word(), candidate.states());
      words.add(new BoostQuery(word, WORD * candidate.weight()), Occur.SHOULD);
    }
    near.add(words.setMinimumNumberShouldMatch(MIN_SHARED_WORDS).build(), Occur.SHOULD);
  }

  private List<Candidate> candidates() throws IOException {
    int articles = searcher.getIndexReader().numDocs();
    List<Candidate> candidates = new ArrayList<>();
    for (Map.Entry<String, Float> weighed : weighed().entrySet()) {
      Term word = new Term(Documents.TEXT, weighed.getKey());
      TermStates states = TermStates.build(searcher, word, true);
      int having = states.docFreq();
      boolean shared = having > 1; // one is, as a rule, this article
      boolean common = having > FEW && having > articles / COMMON;
      if (shared && !common) {
        double rarity = Math.log(1 + (articles - having + 0.5) / (having + 0.5));
        float weight = weighed.getValue();
        candidates.add(new Candidate(word, states, weight, weight * rarity));
      }
    }
    candidates.sort(Comparator.comparingDouble(Candidate::worth)
        .reversed()
        .thenComparing(candidate -> candidate.word().text()));
    return candidates.subList(0, Math.min(MAX_WORDS, candidates.size()));
  }

  /** Different words in the order of the text, each with the weight of where it comes first. */
  private Map<String, Float> weighed() {
    Map<String, Float> weights = new LinkedHashMap<>();
    String lead = article.getLead();
    String body = article.getBodyHtml();
    weigh(weights, article.getHeadline(), 2);
    weigh(weights, lead == null ? "" : lead, 2);
    weigh(weights, body == null ? "" : Words.ofHtml(body), 1);
    return weights;
  }

  private static void weigh(Map<String, Float> weights, String text, float weight) {
    for (String word : Words.of(text, 10 * MAX_LOOKED_UP)) {
      if (weights.size() == MAX_LOOKED_UP) {
        return;
      }
      weights.putIfAbsent(word, weight);
    }
  }
}
