package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.schemas.TopicFollower;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** "newsfeed curate", "control", "controls" and "explain" over a running pipeline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NewsroomCommandsIT {

  private NewsfeedProcess up;
  private IntakeClient intake;

  @BeforeAll
  void startEverything(@TempDir Path data) throws Exception {
    up = NewsfeedProcess.up(data);
    intake = new IntakeClient(up.intakeUrl());
  }

  @AfterAll
  void stopEverything() {
    up.close();
  }

  @Test
  void everythingThatHappenedToAnArticleIsExplained() {
    send(article(1, "regions"));
    send(article(3, "regions")
        .set(
            "correction",
            object().put("text", "It was Tuesday").put("at", "2026-11-23T12:00:00Z")));
    send(article(2, "regions")); // late
    send(article(3, "regions").put("lead", "Other words under the same number"));
    send(article(4, "economy").put("url", "https://news.example/bridge"));
    assertThat(command().execute("curate", "top-stories", "bridge", "--by", "mara"))
        .isZero();
    assertThat(intake.publish(article(0, "economy")).accepted()).isFalse();

    explained(text -> assertThat(text)
        .startsWith("bridge “The bridge”\nPUBLISHED  version 4, since ")
        .containsPattern("section/economy +1 of 1 +its section")
        .containsPattern("kind/article +1 of [0-9]+ +its kind")
        .containsPattern("curated/top-stories +1 of 1 +place 1 in the list by mara of ")
        .doesNotContain("\n! ")
        .contains("section/regions: version 4 does not name it")
        .containsPattern("v1 +applied +section regions")
        .containsPattern("v3 +applied +correction")
        .containsPattern("v2 +stale +\\(version 3 was there already\\)")
        .containsPattern("v3 +conflicting +\\(.*other content")
        .containsPattern("v4 +applied +section economy")
        .contains("It was Tuesday")
        .contains("https://news.example/bridge")
        .containsPattern("intake +invalid-field +version: must be 1 or more, is 0"));

    assertThat(intake.withdraw("bridge", 5, "Wrong bridge").accepted()).isTrue();
    send(article(6, "economy")); // a CMS saves what an editor still had open

    explained(text -> assertThat(text)
        .startsWith("bridge\nWITHDRAWN  version 5, since ")
        .contains("reason: Wrong bridge")
        .contains("all, section/economy, kind/article: withdrawn")
        .containsPattern("curated/top-stories: withdrawn, though at place 1 in the list by mara")
        .containsPattern("v5 +applied +WITHDRAWAL “Wrong bridge”")
        .containsPattern("v6 +refused +\\(.*must say restore\\)")
        .doesNotContain("\n! ")
        .doesNotContain("The bridge"));

    send(article(7, "economy").put("restore", true));

    explained(text -> assertThat(text)
        .startsWith("bridge “The bridge”\nPUBLISHED  version 7, since ")
        .containsPattern("section/economy +1 of 1 +its section")
        .containsPattern("curated/top-stories +1 of 1 +place 1 in the list by mara of ")
        .containsPattern("v7 +applied +restore")
        .doesNotContain("\n! "));
  }

  @Test
  void embargoedArticleIsExplainedAsJson() throws Exception {
    Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MILLIS);
    ObjectNode article =
        article(1, "regions").put("articleId", "later").put("embargoedUntil", tomorrow.toString());
    send(article);

    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      CommandRun run = command();
      assertThat(run.execute("explain", "article", "later", "--json")).isZero();
      JsonNode json = new ObjectMapper().readTree(run.output());
      assertThat(json.path("state").asText()).isEqualTo("embargoed");
      assertThat(json.path("until").asText()).isEqualTo(tomorrow.toString());
      assertThat(json.path("versions").findValuesAsText("verdict")).containsExactly("applied");
      assertThat(json.path("feeds").findValuesAsText("is")).isNotEmpty().containsOnly("out");
      assertThat(json.path("warnings")).isEmpty();
    });
  }

  @Test
  void editorsListIsSetFromAFileAndTakenAway(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("list.json");
    Files.writeString(file, """
        {"by": "mara", "entries": [
          {"link": {"title": "The long way", "url": "https://other.example/", "source": "Other"}}]}""");

    CommandRun curate = command();
    assertThat(curate.execute("curate", "in-other-media", "--file", file.toString()))
        .isZero();
    assertThat(curate.output()).isEqualTo("curated/in-other-media has 1 entry\n");
    CommandRun delete = command();
    assertThat(delete.execute("curate", "in-other-media", "--delete")).isZero();
    assertThat(delete.output()).isEqualTo("curated/in-other-media is gone\n");

    List<Optional<CuratedFeed>> lists = new CopyOnWriteArrayList<>();
    NewsfeedSettings settings =
        NewsfeedSettings.from(Map.of(NewsfeedSettings.BOOTSTRAP_SERVERS, up.bootstrapServers()));
    try (TopicFollower curated = TopicFollower.of(settings.kafka(), "test-curated")
        .on(settings.topics().curated, (place, list) -> {
          if (place.key().equals("curated/in-other-media")) {
            lists.add(Optional.ofNullable(list));
          }
        })
        .start()) {
      curated.awaitCaughtUp(Duration.ofSeconds(30));
    }
    assertThat(lists).hasSize(2);
    assertThat(lists.get(0)).hasValueSatisfying(list -> {
      assertThat(list.getTitle()).isEqualTo("In other media");
      assertThat(list.getBy()).isEqualTo("mara");
      assertThat(list.getEntries().get(0).getLink().getSource()).isEqualTo("Other");
    });
    assertThat(lists.get(1)).isEmpty();
  }

  @Test
  void eachDecisionChangesOneThingAndStaysReadable() {
    decide("excluded", "exclude", "tern", "--by", "mara", "--note", "in memoriam page");
    decide("excluded, evergreen (was: excluded)", "evergreen", "tern", "--by", "ole");
    decide("evergreen (was: excluded, evergreen)", "include", "tern", "--by", "ole");
    decide("pinned at 3, evergreen (was: evergreen)", "pin", "tern", "3", "--by", "mara");
    decide("excluded, evergreen (was: pinned at 3, evergreen)", "exclude", "tern", "--by", "mara");

    CommandRun run = command();
    assertThat(run.execute("control", "pin", "tern", "1")).isEqualTo(1);
    assertThat(run.errors())
        .isEqualTo("refused tern: pinnedRank: cannot be given to an article that is excluded"
            + " (HTTP 422)\n");

    decide("nothing (was: excluded, evergreen)", "clear", "tern", "--by", "ole");
    decide("pinned at 20 (was: nothing)", "pin", "tern", "20", "--by", "ole");
    decide("nothing (was: pinned at 20)", "unpin", "tern", "--by", "ole");
    decide("not evergreen (was: nothing)", "evergreen", "tern", "no", "--by", "ole");
    decide("nothing (was: not evergreen)", "evergreen", "tern", "own", "--by", "ole");
    decide("age limit 1 day (was: nothing)", "age-limit", "tern", "1", "--by", "mara");

    CommandRun history = command();
    assertThat(history.execute("controls", "tern", "--history")).isZero();
    assertThat(history.output().lines().skip(1).map(line -> line.split(" {2,}")[2]))
        .containsExactly(
            "excluded",
            "excluded, evergreen",
            "evergreen",
            "pinned at 3, evergreen",
            "excluded, evergreen",
            "nothing",
            "pinned at 20",
            "nothing",
            "not evergreen",
            "nothing",
            "age limit 1 day");
    assertThat(history.output().lines().skip(1).findFirst().orElseThrow())
        .matches("[0-9-]{10} [0-9:]{8} +tern +excluded +mara +in memoriam page");
    CommandRun inForce = command();
    assertThat(inForce.execute("controls", "tern")).isZero();
    assertThat(inForce.output()).hasLineCount(2).contains("age limit 1 day").contains("mara");
  }

  @Test
  void sectionIsDecidedAboutLikeAnArticle() {
    CommandRun limit = command();
    assertThat(limit.execute("control", "age-limit", "section/regions", "3", "--by", "mara"))
        .as(limit.errors())
        .isZero();
    CommandRun limits = command();
    assertThat(limits.execute("controls", "section/regions")).isZero();
    assertThat(limits.output()).contains("section/regions  age limit 3 days  mara");

    CommandRun pin = command();
    assertThat(pin.execute("control", "pin", "section/regions", "1")).isEqualTo(1);
    assertThat(pin.errors()).contains("pinnedRank: is for an article");

    CommandRun lift = command();
    assertThat(lift.execute("control", "age-limit", "section/regions", "0")).isZero();
    assertThat(lift.output()).isEqualTo("section/regions: nothing (was: age limit 3 days)\n");
    CommandRun none = command();
    assertThat(none.execute("controls", "section/regions")).isZero();
    assertThat(none.output()).isEqualTo("nothing is decided\n");
  }

  private void decide(String becomes, String verb, String... words) {
    decideAbout("tern", becomes, verb, words);
  }

  private void decideAbout(String key, String becomes, String verb, String... words) {
    CommandRun run = command();
    String[] line =
        Stream.concat(Stream.of("control", verb), Stream.of(words)).toArray(String[]::new);
    assertThat(run.execute(line)).as(run.errors()).isZero();
    assertThat(run.output()).isEqualTo(key + ": " + becomes + "\n");
  }

  @Test
  void unknownArticleIsSaidToBeUnknown() {
    CommandRun run = command();

    assertThat(run.execute("explain", "article", "nobody-wrote-it")).isEqualTo(1);
    assertThat(run.output()).isEqualTo("nobody-wrote-it\nUNKNOWN  no topic has heard of it\n");
  }

  @Test
  void whatIsNoArticleIdIsWrongUse() {
    CommandRun run = command();

    assertThat(run.execute("explain", "article", "no id")).isEqualTo(2);
    assertThat(run.errors()).contains("an article id has").hasLineCount(1);
  }

  @Test
  void placesInMostReadAreExplained() throws Exception {
    for (int i = 1; i <= 20; i++) {
      send(article(1, "coast").put("articleId", "coast-" + i));
      click("coast-" + i, 5);
    }
    send(article(1, "coast").put("articleId", "gale"));
    click("gale", 6);
    click("gale", 2); // the same readers once more
    send(
        article(1, "coast").put("articleId", "lull").put("firstPublished", "2026-01-02T08:00:00Z"));
    click("lull", 2);
    send(article(1, "coast").put("articleId", "hoax"));
    click("hoax", 9);
    CommandRun exclude = command();
    assertThat(exclude.execute("control", "exclude", "hoax", "--by", "mara", "--note", "a joke"))
        .isZero();
    send(article(1, "coast").put("articleId", "gone"));
    click("gone", 9);
    assertThat(intake.withdraw("gone", 2, "Legal advice").accepted()).isTrue();

    mostRead(
        "gale",
        text -> assertThat(text)
            .startsWith("gale “The bridge”\nPUBLISHED  section coast, kind article, of ")
            .contains("\nLISTED  in 9 of 9 lists\n")
            .containsPattern("today/all +6 reads +1 of 20\n")
            .containsPattern("now/section/coast +6 reads +1 of 20\n")
            .containsPattern("this-week/kind/article +6 reads +1 of 20\n")
            .containsPattern("today +[0-9: -]+ to [0-9: -]+ +as of .* not counted: 2 repeat\n")
            .doesNotContain("\n! "));
    mostRead(
        "lull",
        text -> assertThat(text)
            .contains("\nNOT LISTED  older than the newsroom's limit of 14 days by ")
            .containsPattern("today/all +2 reads +not listed\n")
            .doesNotContain("\n! "));
    mostRead(
        "hoax",
        text -> assertThat(text)
            .containsPattern(
                "\nNOT LISTED  excluded by mara, [0-9:]{8} \\([0-9]+ s ago\\): “a joke”\n")
            .containsPattern("hoax +excluded by mara, ")
            .containsPattern("today/all +9 reads +not listed\n")
            .doesNotContain("\n! "));
    mostRead(
        "gone",
        text -> assertThat(text)
            .startsWith("gone\nWITHDRAWN  since ")
            .contains("reason: Legal advice")
            .contains("\nNOT LISTED  withdrawn\n")
            .doesNotContain("The bridge")
            .doesNotContain("\n! "));

    decideAbout("lull", "evergreen", "evergreen", "lull", "--by", "ole");

    mostRead(
        "lull",
        text -> assertThat(text)
            .contains("\nNOT LISTED\n")
            .containsPattern(
                "today/all +2 reads +not listed +needs 4 more: place 20 has 5 and goes first")
            .doesNotContain("\n! "));

    CommandRun json = command();
    assertThat(json.execute("explain", "most-read", "lull", "--json")).isZero();
    JsonNode list = new ObjectMapper().readTree(json.output()).path("lists").path(0);
    assertThat(list.path("list").asText()).isEqualTo("now/all");
    assertThat(list.path("because").asText()).isEqualTo("too-few");
    assertThat(list.path("lacks").asInt()).isEqualTo(4);
    assertThat(list.path("last").path("rank").asInt()).isEqualTo(20);
  }

  @Test
  void clicksOnWhatIsNoArticleAreSaid() {
    CommandRun nothing = command();
    assertThat(nothing.execute("explain", "most-read", "nobody-wrote-it")).isEqualTo(1);
    assertThat(nothing.output())
        .isEqualTo("nobody-wrote-it\nUNKNOWN  nothing is published under this id, and nobody has"
            + " clicked on it\n");

    click("typo", 3);

    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      CommandRun run = command();
      assertThat(run.execute("explain", "most-read", "typo")).isEqualTo(1);
      assertThat(run.output())
          .contains("nothing is published under this id; clicks on it: 3\n")
          .contains("NOT LISTED  not published\n");
    });
  }

  @Test
  void editionThatIsNotSetIsWrongUse() {
    CommandRun run = command();

    assertThat(run.execute("explain", "most-read", "bridge", "--edition", "mars"))
        .isEqualTo(2);
    assertThat(run.errors()).isEqualTo("newsfeed: NEWSFEED_EDITIONS has no edition mars\n");
  }

  private void click(String articleId, int readers) {
    for (int n = 0; n < readers; n++) {
      IntakeClient.Answer answer = intake.click(articleId, Reader.number(n));
      assertThat(answer.accepted()).as(answer.problem()).isTrue();
    }
  }

  private void mostRead(String articleId, Consumer<String> asserted) {
    explained(asserted, "most-read", articleId);
  }

  private void explained(Consumer<String> asserted) {
    explained(asserted, "article", "bridge");
  }

  private void explained(Consumer<String> asserted, String what, String articleId) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      CommandRun run = command();
      assertThat(run.execute("explain", what, articleId)).as(run.errors()).isZero();
      asserted.accept(run.output());
    });
  }

  /** A command of a shell that knows where all of it is. */
  private CommandRun command() {
    return CommandRun.with(Map.of(
        NewsfeedSettings.BOOTSTRAP_SERVERS,
        up.bootstrapServers(),
        NewsfeedSettings.INTAKE_URL,
        up.intakeUrl().toString()));
  }

  private void send(ObjectNode article) {
    IntakeClient.Answer answer = intake.publish(article);
    assertThat(answer.accepted()).as(answer.problem()).isTrue();
  }

  private static ObjectNode article(long version, String section) {
    return object()
        .put("articleId", "bridge")
        .put("version", version)
        .put("headline", "The bridge")
        .put("section", section);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
