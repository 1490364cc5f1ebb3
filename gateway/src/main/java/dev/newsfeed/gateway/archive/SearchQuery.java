package dev.newsfeed.gateway.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.jspecify.annotations.Nullable;

/**
 * What a reader looks for. Every word and every phrase must be in the text; what the reader writes
 * is words and nothing else, so no input can be a wrong query or a query that never ends.
 *
 * @param phrases words that stand next to each other; a word by itself is a phrase of one
 * @param feeds {@code section/world}, {@code topic/trade}, {@code person/…}: the article is in all
 * @param from the first moment of publication; null: any
 * @param until the first moment that is too late; null: any
 * @param order in which the articles come
 */
public record SearchQuery(
    List<List<String>> phrases,
    List<String> feeds,
    @Nullable Instant from,
    @Nullable Instant until,
    Order order) {

  /** The order of what is found. */
  public enum Order {
    NEWEST,
    RELEVANCE
  }

  /** Words of a query; more would be looked for longer than anyone waits. */
  public static final int MAX_WORDS = 32;

  private static final float IN_HEADLINE = 3;
  private static final Pattern QUOTED = Pattern.compile("[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]");

  public SearchQuery {
    phrases = phrases.stream().map(List::copyOf).toList();
    feeds = List.copyOf(feeds);
  }

  /**
   * The phrases of what a reader typed: words, and words in quotes. A word that the archive knows
   * as several, such as {@code vice-president}, is a phrase; a quote that is not closed is none.
   */
  public static List<List<String>> phrases(String typed) {
    List<List<String>> phrases = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(typed);
    int end = 0;
    while (quoted.find()) {
      single(typed.substring(end, quoted.start()), phrases);
      add(quoted.group(1), phrases);
      end = quoted.end();
    }
    single(typed.substring(end), phrases);
    return phrases;
  }

  private static void single(String typed, List<List<String>> phrases) {
    for (String word : typed.split("\\s+", -1)) {
      add(word, phrases);
    }
  }

  private static void add(String text, List<List<String>> phrases) {
    List<String> words = Words.of(text, MAX_WORDS + 1);
    if (!words.isEmpty()) {
      phrases.add(words);
    }
  }

  /** How many words there are in phrases. */
  public static int count(List<List<String>> phrases) {
    return phrases.stream().mapToInt(Collection::size).sum();
  }

  Query query() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (List<String> phrase : phrases) {
      query.add(query(Documents.TEXT, phrase), Occur.MUST);
      if (order == Order.RELEVANCE) {
        query.add(new BoostQuery(query(Documents.HEADLINE, phrase), IN_HEADLINE), Occur.SHOULD);
      }
    }
    for (String feedId : feeds.isEmpty() ? List.of("all") : feeds) { // a notice is in none
      query.add(
          new BooleanQuery.Builder()
              .add(new TermQuery(new Term(Documents.FEED, feedId)), Occur.SHOULD)
              .add(new TermQuery(new Term(Documents.PAST, feedId)), Occur.SHOULD)
              .build(),
          Occur.FILTER);
    }
    if (from != null || until != null) {
      long first = from == null ? Long.MIN_VALUE : from.toEpochMilli();
      long last = until == null ? Long.MAX_VALUE : until.toEpochMilli() - 1;
      query.add(LongPoint.newRangeQuery(Documents.FEED_TIME, first, last), Occur.FILTER);
    }
    return query.build();
  }

  private static Query query(String field, List<String> phrase) {
    return phrase.size() == 1
        ? new TermQuery(new Term(field, phrase.get(0)))
        : new PhraseQuery(field, phrase.toArray(String[]::new));
  }
}
