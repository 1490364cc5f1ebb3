package dev.newsfeed.app.explain;

import static dev.newsfeed.app.explain.Evidence.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.mostread.ArticleRecount;
import dev.newsfeed.streams.mostread.Edition;
import dev.newsfeed.streams.mostread.ListRules;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import dev.newsfeed.streams.mostread.ReadRules;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MostReadExplanationTest {

  private static final Edition OWN =
      Edition.own(new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY));

  private final ArticleRecount recount =
      new ArticleRecount("a1", ReadRules.DEFAULT, ListRules.DEFAULT, false, NOON);
  private final Map<String, Control> decisions = new HashMap<>();
  private final Map<String, MostReadList> lists = new HashMap<>();
  private Counting counting = Generation.AS_USUAL;
  private @Nullable PublishedArticle published = published(Evidence.version(1), NOON);

  @Test
  void listThatSaysTheSameIsNoMatterOfConcern() {
    clicks(3);
    allLists(NOON, 3);

    assertThat(explained().warnings()).isEmpty();
    assertThat(explained().text())
        .startsWith("""
            a1 “Secret headline 1”
            PUBLISHED  section world, kind article, of 12:00:00 (0 s ago)
            LISTED  in 9 of 9 lists
            """)
        .containsPattern("this-week/all +3 reads  1 of 1\n");
  }

  @Test
  void clicksOfTheLastSecondsAreSaidBesideTheReads() {
    clicks(4);
    allLists(NOON.minusSeconds(5), 3);

    assertThat(explained().warnings()).isEmpty();
    assertThat(explained().text())
        .containsPattern("today/all +4 reads  1 of 1  3 when the list was made");
  }

  @Test
  void readsThatAreMissingForLongAreWarnedAbout() {
    clicks(4);
    allLists(NOON.minusSeconds(31), 3);

    assertThat(explained().warnings())
        .hasSize(9)
        .contains("today/all has it with 3 reads and should with 4, as of 11:59:29 (31 s ago)");
  }

  @Test
  void listThatHasOutlivedTheClicksIsWarnedAbout() {
    clicks(2);
    allLists(NOON, 3);

    assertThat(explained().warnings())
        .contains("today/all has it with 3 reads; the log has clicks for 2 only");
  }

  @Test
  void articleThatIsMissingIsWarnedAboutAndHowFarCountingIsBehind() {
    clicks(2);
    allLists(NOON, 2);
    lists.put(
        "today/all",
        MostReadList.newBuilder(list("today", "all", NOON))
            .setCatchingUp(true)
            .setLagMs(125_000)
            .build());

    assertThat(explained().warnings())
        .containsExactly("today/all should have it (it has reads enough) and has not, as of"
            + " 12:00:00 (0 s ago); its counting is 2 min behind");
    assertThat(explained().text())
        .contains("LISTED  in 8 of 9 lists")
        .containsPattern("today/all +2 reads  not listed  should be listed, see above");
  }

  @Test
  void articleThatIsLeftInAListIsWarnedAbout() {
    decide("a1", control -> control.setExcluded(true).setNote("a\u001b[31m joke"));
    lists.put("today/all", list("today", "all", NOON, entry(3)));

    assertThat(explained().warnings())
        .containsExactly("today/all has it at place 1 and should not (excluded by mara, 11:59:00"
            + " (1 min ago): “a [31m joke”), as of 12:00:00 (0 s ago)");
  }

  @Test
  void pinThatTheListDoesNotShowIsWarnedAbout() {
    clicks(1);
    decide("a1", control -> control.setPinnedRank(1));
    allLists(NOON, 1);

    assertThat(explained().warnings())
        .contains("today/all has it at place 1 not pinned, as of 12:00:00 (0 s ago)");
  }

  @Test
  void staleListsAreOneWarning() {
    clicks(3);
    allLists(NOON.minusSeconds(600), 1);

    assertThat(explained().warnings())
        .containsExactly(
            "lists are stale, as of 11:50:00 (10 min ago): is the most-read job running?");
  }

  @Test
  void listThatIsNotThereIsMissedOnlyByWhatBelongsIntoIt() {
    assertThat(explained().warnings()).isEmpty();

    clicks(1);

    assertThat(explained().warnings())
        .hasSize(9)
        .contains("there is no list now/kind/article: is the most-read job running?");
  }

  @Test
  void ageIsHeldAgainstTheLimitOfWhoHasSetIt() {
    clicks(1);
    published = published(Evidence.version(1), NOON.minus(Duration.ofDays(5)));
    decide("section/world", control -> control.setAgeLimitDays(3));

    assertThat(explained().text())
        .contains("NOT LISTED  older than its section's limit of 3 days by 2 days, set by mara,"
            + " 11:59:00 (1 min ago)\n")
        .contains("section/world  age limit 3 days by mara");
  }

  @Test
  void oneExcludedListIsToldFromTheOthers() {
    published =
        published(Evidence.version(1).setExtraSections(List.of(new Label("arts", "Arts"))), NOON);
    decide("section/arts", control -> control.setExcluded(true));

    assertThat(explained().text())
        .contains("\nNOT LISTED\n")
        .containsPattern("now/section/arts +0 reads  not listed  section/arts is excluded by mara")
        .containsPattern("now/section/world +0 reads  not listed  needs 1 more: there is room");
  }

  @Test
  void articleThatIsNotForMostReadSaysSo() {
    published = published(Evidence.version(1).setMostReadEligible(false), NOON);

    assertThat(explained().text())
        .contains("NOT LISTED  its CMS says that it is not for most-read (mostReadEligible)\n");
  }

  @Test
  void withdrawnArticleIsExplainedWithoutAWordOfItsText() {
    clicks(3);
    published = PublishedArticle.newBuilder()
        .setArticleId("a1")
        .setVersion(2)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(NOON)
        .setWithdrawal(new Withdrawal("Not true", null, null))
        .build();
    allLists(NOON, 3); // the job has not taken it off yet

    assertThat(explained().text())
        .startsWith("a1\nWITHDRAWN  since 12:00:00 (0 s ago); reason: Not true\nLISTED  in 9 of")
        .doesNotContain("Secret");
    assertThat(explained().warnings()).hasSize(9);
    assertThat(explained().json().toString()).doesNotContain("Secret");
  }

  @Test
  void whatARecountWasAskedForIsSaid() {
    counting = new Counting(true, NOON.minusSeconds(3_600));

    assertThat(explained().text()).contains("\nCOUNTED  with suspect clicks, from 11:00:00 on\n");
  }

  @Test
  void jsonSaysOfEachListWhatTheTextSays() {
    clicks(1);
    allLists(NOON, 1);
    decide("a1", control -> control.setExcluded(true));

    JsonNode json = explained().json();
    JsonNode first = json.path("lists").path(0);
    assertThat(json.path("state").asText()).isEqualTo("published");
    assertThat(json.path("decisions").findValuesAsText("by")).containsExactly("mara");
    assertThat(first.path("list").asText()).isEqualTo("now/all");
    assertThat(first.path("listed").asBoolean()).isTrue();
    assertThat(first.path("agrees").asBoolean()).isFalse();
    assertThat(first.path("because").asText()).isEqualTo("excluded");
    assertThat(first.path("decision").path("key").asText()).isEqualTo("a1");
  }

  private MostReadExplanation explained() {
    return MostReadExplanation.of(
        "a1",
        new Moments(ZoneOffset.UTC, NOON),
        counting,
        published,
        decisions,
        recount.clicks(),
        recount.placings(OWN, published, decisions, lists));
  }

  /** By so many readers, a minute ago. */
  private void clicks(int readers) {
    for (int i = 0; i < readers; i++) {
      recount.take(
          Click.newBuilder()
              .setArticleId("a1")
              .setReceivedAtMs(NOON.minusSeconds(60).toEpochMilli())
              .setVisitor((long) i)
              .build(),
          NOON);
    }
  }

  private void decide(String key, UnaryOperator<Control.Builder> what) {
    Control.Builder control =
        Control.newBuilder().setKey(key).setBy("mara").setAt(NOON.minusSeconds(60));
    decisions.put(key, what.apply(control).build());
  }

  /** Each list has the article alone, with these reads. */
  private void allLists(Instant asOf, long reads) {
    for (String window : List.of("now", "today", "this-week")) {
      for (String scope : List.of("all", "section/world", "kind/article")) {
        lists.put(window + "/" + scope, list(window, scope, asOf, entry(reads)));
      }
    }
  }

  private static MostReadList list(
      String window, String scope, Instant asOf, MostReadEntry... entries) {
    return MostReadList.newBuilder()
        .setWindow(window)
        .setScope(scope)
        .setAsOf(asOf)
        .setStaleAfter(asOf.plusSeconds(120))
        .setWindowStart(NOON.minusSeconds(3_540))
        .setWindowEnd(NOON.plusSeconds(60))
        .setZone("Z")
        .setReads(0)
        .setRefused(Map.of())
        .setEntries(List.of(entries))
        .build();
  }

  private static MostReadEntry entry(long reads) {
    return MostReadEntry.newBuilder()
        .setRank(1)
        .setArticleId("a1")
        .setHeadline("Secret headline 1")
        .setKind("article")
        .setFirstPublished(NOON)
        .setReads(reads)
        .build();
  }

  private static PublishedArticle published(Article.Builder article, Instant at) {
    return PublishedArticle.newBuilder()
        .setArticleId("a1")
        .setVersion(1)
        .setStatus(Status.usable)
        .setChange(Change.published)
        .setChangedAt(at)
        .setFirstPublished(at)
        .setFeedTime(at)
        .setArticle(article.build())
        .build();
  }
}
