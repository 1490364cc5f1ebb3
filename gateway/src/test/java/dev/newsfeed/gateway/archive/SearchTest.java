package dev.newsfeed.gateway.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.SearchQuery.Order;
import dev.newsfeed.schemas.FeedEntries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {

  private static final List<String> VOCABULARY =
      List.of("bridge", "river", "fair", "minister", "vote", "harbour", "strike", "rain");

  @TempDir
  Path directory;

  private Archive archive;
  private long offset;
  private long clockS;

  @BeforeEach
  void open() {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
  }

  @AfterEach
  void close() {
    archive.close();
  }

  private void publish(PublishedArticle record) {
    archive.put(0, offset++, record);
  }

  private void publish(String id, String headline, String body) {
    publish(Samples.published(
        Samples.article(id).setHeadline(headline).setLead("").setBodyHtml(body).build(),
        Samples.NINE));
  }

  private void settle() {
    archive.batchDone(Samples.NINE.plusSeconds(clockS++));
  }

  private static SearchQuery query(String typed, Order order, String... feeds) {
    return inLanguage("", typed, order, feeds);
  }

  private static SearchQuery inLanguage(
      String language, String typed, Order order, String... feeds) {
    return new SearchQuery(
        SearchQuery.phrases(typed),
        List.of(feeds),
        language,
        null,
        null,
        order,
        SearchQuery.asOf(Samples.NINE));
  }

  private List<String> found(String typed, String... feeds) {
    return found(query(typed, Order.NEWEST, feeds));
  }

  private List<String> found(SearchQuery query) {
    return archive.search(query, null, 100).places().stream()
        .map(SearchPlace::articleId)
        .toList();
  }

  @Test
  void everyWordMustBeThereInWhateverCaseAndPart() {
    publish("a1", "Bridge reopens", "<p>The river rose.</p>");
    publish("a2", "Bridge", "<p>A road.</p>");
    settle();

    assertThat(found("RIVER bridge")).containsExactly("a1");
    assertThat(found("bridge")).containsExactly("a1", "a2");
    assertThat(found("tunnel")).isEmpty();
  }

  @Test
  void phraseIsFoundOnlyWhereItsWordsStandTogether() {
    publish("a1", "x", "<p>The prime minister spoke.</p>");
    publish("a2", "x", "<p>The minister of prime importance.</p>");
    publish("a3", "The prime", "<p>minister</p>");
    settle();

    assertThat(found("\"prime minister\"")).containsExactly("a1");
    assertThat(found("“Prime Minister”")).containsExactly("a1");
    assertThat(found("prime-minister")).containsExactly("a1");
    assertThat(found("\"prime minister")).containsExactly("a1", "a2", "a3");
  }

  @Test
  void namesOfPersonsAndTopicsAreFound() {
    publish(Samples.published(
        Samples.article("a1")
            .setPersons(List.of(new Label("ada", "Ada Lovelace")))
            .build(),
        Samples.NINE));
    settle();

    assertThat(found("lovelace trade")).containsExactly("a1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*:*",
        "feed:all",
        "a OR",
        "(((",
        "bri*",
        "bridge~9",
        "[a TO z]",
        "\\",
        "/.*/",
        "+-!",
        "\"\"",
        "bridge^99999999999",
        "AND AND",
        "{!x}",
        "\u0000",
        "\uD800",
        "😀"
      })
  void whatLooksLikeAQueryLanguageIsWords(String typed) {
    publish("a1", "Bridge reopens", "<p>Traffic returns.</p>");
    settle();

    SearchQuery query = query(typed, Order.RELEVANCE);
    if (SearchQuery.count(query.phrases()) > 0) {
      assertThat(found(query)).isEmpty();
    }
  }

  @Test
  void expiredArticleIsFoundAndWithheldOrWithdrawnIsNot() {
    publish(PublishedArticle.newBuilder(Samples.published("expired"))
        .setExpired(true)
        .build());
    publish(Samples.published("withdrawn"));
    publish(Samples.published("withheld"));
    settle();
    publish(Samples.withdrawn("withdrawn", "wrong"));
    publish(PublishedArticle.newBuilder(Samples.withdrawn("withheld", ""))
        .setStatus(Status.withheld)
        .build());
    settle();

    assertThat(found("body")).containsExactly("expired");
    assertThat(found("", "section/world")).containsExactly("expired");
    assertThat(found("")).containsExactly("expired");
  }

  @Test
  void dayIsFromItsFirstMomentToBeforeTheNext() {
    Instant from = Instant.parse("2026-03-02T00:00:00Z");
    Instant until = Instant.parse("2026-03-03T00:00:00Z");
    publish(Samples.published(Samples.article("before").build(), from.minusMillis(1)));
    publish(Samples.published(Samples.article("first").build(), from));
    publish(Samples.published(Samples.article("last").build(), until.minusMillis(1)));
    publish(Samples.published(Samples.article("after").build(), until));
    settle();

    SearchQuery day = new SearchQuery(
        SearchQuery.phrases("body"), List.of(), "", from, until, Order.NEWEST, until);
    assertThat(found(day)).containsExactly("last", "first");
  }

  @Test
  void byRelevanceTheHeadlineCountsMost() {
    publish("often", "News", "<p>harbour harbour harbour harbour and more</p>");
    publish("headline", "Harbour", "<p>and more of the same</p>");
    publish("once", "News", "<p>harbour and more of the same</p>");
    publish(Samples.published(
        Samples.article("lead")
            .setHeadline("News")
            .setLead("Harbour")
            .setBodyHtml("<p>and more of the same</p>")
            .build(),
        Samples.NINE));
    settle();

    assertThat(found(query("harbour", Order.RELEVANCE)))
        .containsExactly("headline", "lead", "often", "once");
  }

  @Test
  void ofTwoEquallyGoodTheFresherIsBetterButNotBetterThanABetterOne() {
    publish(at("old", "News", 400));
    publish(at("older", "News", 800));
    publish(at("new", "News", 0));
    publish(at("best", "Harbour", 4000));
    settle();

    assertThat(found(query("harbour", Order.RELEVANCE)))
        .containsExactly("best", "new", "old", "older");
  }

  private static PublishedArticle at(String id, String headline, int daysAgo) {
    return Samples.published(
        Samples.article(id)
            .setHeadline(headline)
            .setBodyHtml("<p>The harbour.</p>")
            .build(),
        Samples.NINE.minus(Duration.ofDays(daysAgo)));
  }

  // ---- languages ----

  private void publish(String id, String language, String headline, String body) {
    publish(Samples.published(
        Samples.article(id)
            .setLanguage(language)
            .setHeadline(headline)
            .setLead("")
            .setBodyHtml(body)
            .build(),
        Samples.NINE));
  }

  @ParameterizedTest
  @CsvSource({
    "en-GB, running, run",
    "en, elections, Election",
    "de-CH, Häuser, Haus",
    "de, Haus, Häusern",
    "de, Brücken, brücke",
    "fr, élections, élection",
    "fr, l'élection, elections",
    "es, canciones, canción",
    "it, elezioni, elezione",
    "pt-BR, eleições, eleição",
    "nl, verkiezingen, verkiezing",
    "ru, выборов, выборы",
    "ru, министра, министром",
    "sv, bilarna, bil",
    "nb, husene, hus",
    "da, husene, huset",
    "fi, talossa, talo",
    "pl, wyborami, wyborach",
    "cs, volby, volbách",
    "tr, kitaplar, kitap",
    "hu, házak, házakat",
    "el, εκλογές, εκλογών",
    "ar, الكتاب, كتاب",
    "th, ประเทศไทย, ประเทศ"
  })
  void wordIsFoundInOtherFormsOfItself(String language, String written, String asked) {
    publish("a1", language, "x", "<p>" + written + "</p>");
    publish("other", language, "x", "<p>ok</p>");
    publish("mixed", "en", "x", "<p>ok</p>"); // two languages are in use
    settle();

    assertThat(found(asked)).containsExactly("a1");
    assertThat(found(query(asked, Order.RELEVANCE))).containsExactly("a1");
    assertThat(found(inLanguage(Languages.of(language), asked, Order.NEWEST)))
        .containsExactly("a1");
    assertThat(found(inLanguage("xx", asked, Order.NEWEST))).isEmpty();
  }

  @Test
  void articleOfNoLanguageOrOfAnUnknownOneIsFoundAsItIsWritten() {
    publish("none", "x", "<p>running</p>");
    publish("klingon", "tlh", "x", "<p>running</p>");
    publish("english", "en", "x", "<p>running</p>");
    settle();

    assertThat(found("run")).containsExactly("english");
    assertThat(found("running")).containsExactly("english", "klingon", "none");
    assertThat(found(inLanguage("tlh", "running", Order.NEWEST))).containsExactly("klingon");
  }

  @Test
  void phraseIsFoundAsItIsWrittenOnly() {
    publish("a1", "en", "x", "<p>They were running for office.</p>");
    publish("a2", "en", "x", "<p>She will run for offices.</p>");
    settle();

    assertThat(found("run office")).containsExactly("a1", "a2");
    assertThat(found("\"running for office\"")).containsExactly("a1");
    assertThat(found("\"run for office\"")).isEmpty();
    assertThat(found("\"running\"")).containsExactly("a1");
  }

  @Test
  void exactFormIsBetterThanAnotherOne() {
    publish("another", "en", "x", "<p>the bridges</p>");
    publish("exact", "en", "x", "<p>the bridge</p>");
    settle();

    assertThat(found(query("bridge", Order.RELEVANCE))).containsExactly("exact", "another");
  }

  @ParameterizedTest
  @CsvSource({
    "Müller, muller",
    "Mu\u0308ller, müller",
    "Łódź, lodz",
    "Göteborg, goteborg",
    "São, sao",
    "ёлка, елка",
    "Ελλάς, ΕΛΛΑΣ",
    "Donau\u00ADdampf, donaudampf",
    "ｎｅｗｓ, news",
    "straße, strasse",
    "مُحَمَّد, محمد",
    "🎉, 🎉"
  })
  void accentsAndCasesMakeNoDifference(String written, String asked) {
    publish("a1", "x", "<p>" + written + "</p>");
    settle();

    assertThat(found(asked)).containsExactly("a1");
    assertThat(found(written)).containsExactly("a1");
    assertThat(found("\"x " + asked + "\"")).isEmpty();
  }

  @Test
  void marksThatMakeAnotherLetterMakeADifference() {
    publish("a1", "x", "<p>йод が</p>");
    settle();

    assertThat(found("иод")).isEmpty();
    assertThat(found("か")).isEmpty();
    assertThat(found("йод が")).containsExactly("a1");
  }

  @Test
  void wordsOfScriptsWithoutSpacesAreNeighbouringCharacters() {
    publish("a1", "x", "<p>首相は東京都で会見 briefing</p>");
    publish("a2", "x", "<p>京東 都</p>");
    publish("a3", "x", "<p>서울에서 회담</p>");
    settle();

    assertThat(found("東京")).containsExactly("a1");
    assertThat(found("東京都")).containsExactly("a1");
    assertThat(found("\"会見 briefing\"")).containsExactly("a1");
    assertThat(found("東都")).isEmpty();
    assertThat(found("京")).containsExactly("a1", "a2");
    assertThat(found("서울")).containsExactly("a3");
  }

  @Test
  void wordsThatMeanNothingMustBeThereAsWritten() {
    publish("a1", "en", "Hamlet", "<p>To be or not to be.</p>");
    publish("a2", "en", "Hamlet", "<p>A play.</p>");
    settle();

    assertThat(found("to be or not to be")).containsExactly("a1");
    assertThat(found("\"to be or not\"")).containsExactly("a1");
    assertThat(found("the hamlet")).isEmpty();
  }

  // ---- bounds ----

  /** Lucene refuses what has more clauses, and so many it looks up in a moment. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 31, 32})
  void noQueryHasTooManyClauses(int words) {
    List<String> languages = new ArrayList<>();
    Languages.known().forEach(languages::add);
    String typed = IntStream.range(0, words)
        .mapToObj(i -> (i % 3 == 0 ? "\"vice president" + i + "\"" : "running" + i))
        .collect(Collectors.joining(" "));
    int[] clauses = {0};

    query(typed, Order.RELEVANCE, "section/world", "kind/gallery")
        .query(languages)
        .visit(new QueryVisitor() {
          @Override
          public void consumeTerms(Query query, Term... terms) {
            clauses[0] += terms.length;
          }
        });

    assertThat(clauses[0]).isBetween(words, IndexSearcher.getMaxClauseCount() - 50);
  }

  /** The words of some languages in their forms, written and typed in any of them. */
  private static final Map<String, List<List<String>>> FORMS = Map.of(
      "en",
          List.of(
              List.of("bridge", "bridges"),
              List.of("vote", "voted", "voting"),
              List.of("harbour", "harbours")),
      "de", List.of(List.of("Haus", "Häuser"), List.of("Brücke", "Brücken"), List.of("Wahl")),
      "ru", List.of(List.of("выборы", "выборов"), List.of("министр", "министра")));

  private static final List<String> KINDS = List.of("article", "gallery");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void pagesToTheEndFindWhatAModelFinds(long seed) {
    Random random = new Random(seed);
    Map<String, PublishedArticle> model = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      PublishedArticle record = anyRecord(random, i);
      model.put(record.getArticleId(), record);
      publish(record);
      if (random.nextInt(60) == 0) {
        settle();
      }
    }
    settle();

    for (int i = 0; i < 20; i++) {
      Asked asked = Asked.any(random);
      Set<String> expected = model.values().stream()
          .filter(asked::finds)
          .sorted(Comparator.comparing(FeedEntries::feedTime)
              .reversed()
              .thenComparing(PublishedArticle::getArticleId))
          .map(PublishedArticle::getArticleId)
          .collect(Collectors.toCollection(LinkedHashSet::new));
      int limit = 1 + random.nextInt(9);
      assertThat(walk(asked.query(Order.NEWEST), limit, () -> {}))
          .as("seed %d, %s", seed, asked)
          .isEqualTo(List.copyOf(expected));
      assertThat(walk(asked.query(Order.RELEVANCE), limit, () -> {}))
          .as("seed %d, %s, by relevance", seed, asked)
          .doesNotHaveDuplicates()
          .hasSameElementsAs(expected);
    }
  }

  private static PublishedArticle anyRecord(Random random, int version) {
    String id = "a" + random.nextInt(150);
    if (random.nextInt(10) == 0) {
      return Samples.withdrawn(id, "wrong");
    }
    String section = random.nextBoolean() ? "world" : "sport";
    String language = random.nextInt(4) == 0 ? null : anyLanguage(random);
    Article article = Samples.article(id)
        .setVersion(version + 1L)
        .setLanguage(language)
        .setKind(KINDS.get(random.nextInt(2)))
        .setHeadline(anyForm(random, language))
        .setLead(anyForm(random, language) + " " + anyForm(random, language))
        .setBodyHtml("<p>" + anyForm(random, language) + " " + anyForm(random, language) + "</p>")
        .setSection(new Label(section, section))
        .setTopics(List.of())
        .build();
    return Samples.published(article, Samples.NINE.plusSeconds(random.nextInt(20)));
  }

  private static String anyLanguage(Random random) {
    return List.of("de", "en", "ru").get(random.nextInt(3));
  }

  private static String anyForm(Random random, @Nullable String language) {
    List<List<String>> words = FORMS.get(language == null ? anyLanguage(random) : language);
    List<String> forms = words.get(random.nextInt(words.size()));
    return forms.get(random.nextInt(forms.size()));
  }

  /** A search as people mean it, and which records it finds by looking at each of them. */
  private record Asked(
      List<String> words, String phrase, String feed, String language, int fromS, int untilS) {

    static Asked any(Random random) {
      String spoken = anyLanguage(random);
      boolean phrase = random.nextInt(3) == 0;
      int fromS = random.nextInt(10);
      return new Asked(
          IntStream.range(0, phrase ? 0 : 1 + random.nextInt(2))
              .mapToObj(i -> anyForm(random, spoken))
              .toList(),
          phrase ? anyForm(random, spoken) + " " + anyForm(random, spoken) : "",
          List.of("all", "section/world", "kind/gallery").get(random.nextInt(3)),
          random.nextInt(3) == 0 ? spoken : "",
          fromS,
          random.nextBoolean() ? fromS + 5 : 100);
    }

    SearchQuery query(Order order) {
      return new SearchQuery(
          SearchQuery.phrases(String.join(" ", words) + " \"" + phrase + "\""),
          List.of(feed),
          language,
          Samples.NINE.plusSeconds(fromS),
          Samples.NINE.plusSeconds(untilS),
          order,
          Samples.NINE);
    }

    boolean finds(PublishedArticle record) {
      Article article = record.getArticle();
      if (article == null || !FeedEntries.feedsOf(record).contains(feed)) {
        return false;
      }
      long second = Duration.between(Samples.NINE, FeedEntries.feedTime(record)).toSeconds();
      List<String> parts = List.of(
          article.getHeadline(), article.getLead(), article.getBodyHtml().replaceAll("<.*?>", ""));
      return second >= fromS
          && second < untilS
          && (language.isEmpty() || language.equals(article.getLanguage()))
          && words.stream()
              .allMatch(word -> parts.stream().anyMatch(part -> has(part, word, article)))
          && (phrase.isEmpty() || parts.contains(phrase));
    }

    private static boolean has(String part, String word, Article article) {
      List<String> written = List.of(part.split(" ", -1));
      if (written.contains(word)) {
        return true;
      }
      return FORMS.getOrDefault(String.valueOf(article.getLanguage()), List.of()).stream()
          .filter(forms -> forms.contains(word))
          .anyMatch(forms -> forms.stream().anyMatch(written::contains));
    }
  }

  private static String any(Random random) {
    return VOCABULARY.get(random.nextInt(VOCABULARY.size()));
  }

  /** Through the addresses of pages, with something happening in between. */
  private List<String> walk(SearchQuery query, int limit, Runnable meanwhile) {
    List<String> seen = new ArrayList<>();
    SearchPlace after = null;
    boolean more = true;
    while (more) {
      Archive.Found page = archive.search(query, after, limit);
      page.places().forEach(place -> seen.add(place.articleId()));
      more = page.more();
      after = page.places().isEmpty() ? null : throughAddress(page.places());
      meanwhile.run();
    }
    return seen;
  }

  private static SearchPlace throughAddress(List<SearchPlace> places) {
    return SearchPlace.parse(places.get(places.size() - 1).token()).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEWEST", "RELEVANCE"})
  void pagesNeitherSkipNorRepeatWhileNewsComesIn(String order) {
    Random random = new Random(7);
    IntStream.range(0, 120)
        .forEach(i -> publish(
            "a" + i, any(random), "<p>bridge " + "river ".repeat(random.nextInt(30)) + "</p>"));
    settle();
    SearchQuery query = query("bridge", Order.valueOf(order));
    List<String> before = walk(query, 200, () -> {});

    int[] arrived = {0};
    List<String> seen = walk(query, 7, () -> {
      for (int i = 0; i < 5; i++) { // changes how rare the word is, and how long articles are
        int n = arrived[0]++;
        Article article = Samples.article("new" + n)
            .setBodyHtml("<p>" + "rain ".repeat(400) + (n % 2 == 0 ? "bridge" : "") + "</p>")
            .build();
        publish(Samples.published(article, Samples.NINE.plusSeconds(100 + n)));
      }
      settle();
    });

    assertThat(seen.stream().filter(id -> id.startsWith("a"))).isEqualTo(before);
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void tokenThatIsNoPlaceIsNone() {
    String nan = new SearchPlace(Float.NaN, Samples.NINE, Samples.NINE, "a1").token();
    assertThat(List.of("", "***", "MTIz", "MSAyIDw-", nan))
        .allSatisfy(token -> assertThat(SearchPlace.parse(token)).isEmpty());
  }

  @Test
  void wordsAreCountedInPhrases() {
    assertThat(SearchQuery.phrases(" one \"two three\" four-five \"six\" \"\" ! "))
        .isEqualTo(List.of(
            new SearchQuery.Phrase("one", false),
            new SearchQuery.Phrase("two three", true),
            new SearchQuery.Phrase("four-five", true),
            new SearchQuery.Phrase("six", true)));
    assertThat(SearchQuery.count(SearchQuery.phrases("one \"two three\" 東京都"))).isEqualTo(5);
    assertThat(SearchQuery.count(SearchQuery.phrases("x ".repeat(100)))).isEqualTo(100);
  }
}
