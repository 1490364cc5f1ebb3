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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** "newsfeed curate" and "newsfeed explain" over a running pipeline. */
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

  private void explained(Consumer<String> asserted) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      CommandRun run = command();
      assertThat(run.execute("explain", "article", "bridge")).as(run.errors()).isZero();
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
