package dev.newsfeed.gateway.archive;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.LongField;
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
 * <p>A phrase must be there as it is written. A word may also be another form of itself, by the rules
 * of the language of the article in which it is found: of what language the reader's word is nobody
 * can tell, so it is looked up once for each language in use.
 *
 * <pre>
 * running "river fair"   →   (text:running | text.en:run | text.de:running) & text:"river fair"
 * </pre>
 *
 * <p>By relevance an article's score is the sum, over words and phrases, of how much of the text, of
 * the headline (times 3) and of the lead they are (BM25), and 0.5 × 30 days / (30 days + age).
 *
 * @param phrases words that stand next to each other; a word by itself is a phrase of one
 * @param feeds {@code section/world}, {@code topic/trade}, {@code person/…}: the article is in all
 * @param language in which the article is written, such as {@code en}; empty: any
 * @param from the first moment of publication; null: any
 * @param until the first moment that is too late; null: any
 * @param order in which the articles come
 * @param asOf from when the age of articles counts; it stays the same from page to page
 */
public record SearchQuery(
    List<Phrase> phrases,
    List<String> feeds,
    String language,
    @Nullable Instant from,
    @Nullable Instant until,
    Order order,
    Instant asOf) {

  /** The order of what is found. */
  public enum Order {
    NEWEST,
    RELEVANCE
  }

  /**
   * Words that stand next to each other.
   *
   * @param exact whether they must be there as they are written
   */
  public record Phrase(String text, boolean exact) {

    List<Words.Word> words() {
      return Words.asked(text, MAX_WORDS + 1);
    }
  }

  /** Words of a query; more would be looked for longer than anyone waits. */
  public static final int MAX_WORDS = 32;

  /**
   * Look-ups of words in languages; what Lucene takes for too much is some four times as many. Eight
   * words can be in any of 32 languages, 32 words in any of the eight with most articles.
   */
  private static final int MAX_LOOK_UPS = 256;

  private static final float IN_HEADLINE = 3;
  private static final float IN_LEAD = 1;
  private static final float FRESH = 0.5f;
  private static final Duration HALF_FRESH = Duration.ofDays(30);
  private static final Pattern QUOTED = Pattern.compile("[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]");

  public SearchQuery {
    phrases = List.copyOf(phrases);
    feeds = List.copyOf(feeds);
  }

  /** The moment from which age counts for those who begin to look: nothing is newer. */
  public static Instant asOf(Instant now) {
    return now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
  }

  /**
   * The phrases of what a reader typed: words, and words in quotes. A word that the archive knows
   * as several, such as {@code vice-president}, is a phrase; a quote that is not closed is none.
   */
  public static List<Phrase> phrases(String typed) {
    List<Phrase> phrases = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(typed);
    int end = 0;
    while (quoted.find()) {
      single(typed.substring(end, quoted.start()), phrases);
      add(quoted.group(1), true, phrases);
      end = quoted.end();
    }
    single(typed.substring(end), phrases);
    return phrases;
  }

  private static void single(String typed, List<Phrase> phrases) {
    for (String word : typed.split("\\s+", -1)) {
      add(word, false, phrases);
    }
  }

  private static void add(String text, boolean quoted, List<Phrase> phrases) {
    List<Words.Word> words = Words.asked(text, 2);
    if (!words.isEmpty()) {
      boolean exact = quoted || words.size() > 1 || Words.isInPairs(words.get(0).text());
      phrases.add(new Phrase(text, exact));
    }
  }

  /** How many words there are in phrases. */
  public static int count(List<Phrase> phrases) {
    return phrases.stream().mapToInt(phrase -> phrase.words().size()).sum();
  }

  /** {@code inUse}: the languages that have articles, those with most articles first. */
  Query query(List<String> inUse) {
    List<String> languages = languages(inUse);
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (Phrase phrase : phrases) {
      query.add(query(Documents.TEXT, phrase, languages), Occur.MUST);
      if (order == Order.RELEVANCE) {
        Query headline = query(Documents.HEADLINE, phrase, languages);
        query.add(new BoostQuery(headline, IN_HEADLINE), Occur.SHOULD);
        Query lead = query(Documents.LEAD, phrase, languages);
        query.add(new BoostQuery(lead, IN_LEAD), Occur.SHOULD);
      }
    }
    if (order == Order.RELEVANCE) {
      query.add(
          LongField.newDistanceFeatureQuery(
              Documents.FEED_TIME, FRESH, asOf.toEpochMilli(), HALF_FRESH.toMillis()),
          Occur.SHOULD);
    }
    filters(query);
    return query.build();
  }

  private List<String> languages(List<String> inUse) {
    if (!language.isEmpty()) {
      return inUse.contains(language) ? List.of(language) : List.of();
    }
    int most = MAX_LOOK_UPS / Math.max(1, count(phrases));
    return inUse.subList(0, Math.min(most, inUse.size()));
  }

  private void filters(BooleanQuery.Builder query) {
    for (String feedId : feeds.isEmpty() ? List.of("all") : feeds) { // a notice is in none
      query.add(
          new BooleanQuery.Builder()
              .add(new TermQuery(new Term(Documents.FEED, feedId)), Occur.SHOULD)
              .add(new TermQuery(new Term(Documents.PAST, feedId)), Occur.SHOULD)
              .build(),
          Occur.FILTER);
    }
    if (!language.isEmpty()) {
      query.add(new TermQuery(new Term(Documents.LANGUAGE, language)), Occur.FILTER);
    }
    if (from != null || until != null) {
      long first = from == null ? Long.MIN_VALUE : from.toEpochMilli();
      long last = until == null ? Long.MAX_VALUE : until.toEpochMilli() - 1;
      query.add(LongPoint.newRangeQuery(Documents.FEED_TIME, first, last), Occur.FILTER);
    }
  }

  private static Query query(String field, Phrase phrase, List<String> languages) {
    List<Words.Word> words = phrase.words();
    if (words.size() > 1) {
      PhraseQuery.Builder together = new PhraseQuery.Builder();
      words.forEach(word -> together.add(new Term(field, word.text()), word.position()));
      return together.build();
    }
    Query written = new TermQuery(new Term(field, words.get(0).text()));
    if (phrase.exact()) {
      return written;
    }
    BooleanQuery.Builder forms = new BooleanQuery.Builder().add(written, Occur.SHOULD);
    for (String language : languages) {
      List<String> stems = Languages.stems(language, phrase.text());
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      stems.forEach(stem ->
          all.add(new TermQuery(new Term(field + Documents.IN + language, stem)), Occur.MUST));
      if (!stems.isEmpty()) {
        forms.add(all.build(), Occur.SHOULD);
      }
    }
    return forms.build();
  }
}
