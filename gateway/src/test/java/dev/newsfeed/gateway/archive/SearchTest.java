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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    return new SearchQuery(SearchQuery.phrases(typed), List.of(feeds), null, null, order);
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

    SearchQuery day =
        new SearchQuery(SearchQuery.phrases("body"), List.of(), from, until, Order.NEWEST);
    assertThat(found(day)).containsExactly("last", "first");
  }

  @Test
  void byRelevanceTheHeadlineCountsMost() {
    publish("often", "News", "<p>harbour harbour harbour harbour and more</p>");
    publish("headline", "Harbour", "<p>and more of the same</p>");
    publish("once", "News", "<p>harbour and more of the same</p>");
    settle();

    assertThat(found(query("harbour", Order.RELEVANCE)))
        .containsExactly("headline", "often", "once");
  }

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

    for (int i = 0; i < 10; i++) {
      List<String> words = List.of(any(random), any(random));
      String section = random.nextBoolean() ? "section/world" : "section/sport";
      List<String> expected = model.values().stream()
          .filter(record -> matches(record, words, section))
          .sorted(Comparator.comparing(FeedEntries::feedTime)
              .reversed()
              .thenComparing(PublishedArticle::getArticleId))
          .map(PublishedArticle::getArticleId)
          .toList();
      SearchQuery query = query(String.join(" ", words), Order.NEWEST, section);
      assertThat(walk(query, 1 + random.nextInt(9), () -> {}))
          .as("seed %d, words %s, %s", seed, words, section)
          .isEqualTo(expected);
    }
  }

  private static PublishedArticle anyRecord(Random random, int version) {
    String id = "a" + random.nextInt(150);
    if (random.nextInt(10) == 0) {
      return Samples.withdrawn(id, "wrong");
    }
    String section = random.nextBoolean() ? "world" : "sport";
    Article article = Samples.article(id)
        .setVersion(version + 1L)
        .setHeadline(any(random))
        .setLead(any(random) + " " + any(random))
        .setBodyHtml("<p>" + any(random) + "</p>")
        .setSection(new Label(section, section))
        .build();
    return Samples.published(article, Samples.NINE.plusSeconds(random.nextInt(20)));
  }

  private static String any(Random random) {
    return VOCABULARY.get(random.nextInt(VOCABULARY.size()));
  }

  private static boolean matches(PublishedArticle record, List<String> words, String section) {
    Article article = record.getArticle();
    if (article == null || !FeedEntries.feedsOf(record).contains(section)) {
      return false;
    }
    String text = article.getHeadline() + " " + article.getLead() + " " + article.getBodyHtml();
    Set<String> has = new HashSet<>(List.of(text.split("[^a-z]+", -1)));
    return has.containsAll(words);
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
    String nan = new SearchPlace(Float.NaN, Samples.NINE, "a1").token();
    assertThat(List.of("", "***", "MTIz", "MSAyIDw-", nan))
        .allSatisfy(token -> assertThat(SearchPlace.parse(token)).isEmpty());
  }

  @Test
  void wordsAreCountedInPhrases() {
    assertThat(SearchQuery.phrases(" one \"two three\" four-five \"\" ! "))
        .isEqualTo(List.of(List.of("one"), List.of("two", "three"), List.of("four", "five")));
    assertThat(SearchQuery.count(SearchQuery.phrases("x ".repeat(100)))).isEqualTo(100);
  }
}
