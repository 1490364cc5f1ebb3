package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.RefusedRequest;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** "newsfeed rejected" over a running pipeline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RejectedIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private KafkaCluster cluster;
  private TestNewsfeed newsfeed;
  private Topics topics;

  @BeforeAll
  void startEverything(@TempDir Path data) {
    cluster = KafkaCluster.embedded();
    newsfeed = new TestNewsfeed(cluster, data);
    topics = newsfeed.settings().topics();
  }

  @AfterAll
  void stopEverything() {
    newsfeed.close();
    cluster.close();
  }

  @Test
  void whatIntakeAndJobsRefuseIsListedOnceAndShown() throws Exception {
    assertThat(newsfeed.intake().publish(article("listed", 0)).status()).isEqualTo(422);
    newsfeed.write(topics.articles, "listed-2", "\u001b[31mnot an article".getBytes(UTF_8));
    newsfeed.write(topics.controls, "listed-3", new byte[] {0, 1, 2, 3});
    newsfeed.write(topics.clicks, "listed-4", "no click".getBytes(UTF_8));
    newsfeed.write(topics.curated, "curated/listed", "no list".getBytes(UTF_8));

    soon()
        .untilAsserted(() -> assertThat(listed().stream()
                .filter(row -> row.path("key").asText().contains("listed"))
                .map(row -> row.path("stage").asText()
                    + ' '
                    + row.path("reason").asText()
                    + ' '
                    + row.path("from").asText().replaceAll("-[0-9]+@[0-9]+", "")))
            .containsExactlyInAnyOrder(
                "intake invalid-field PUT /v1/articles/listed",
                "publication not-an-article newsfeed.articles",
                "controls not-a-control newsfeed.controls",
                "most-read not-a-click newsfeed.clicks",
                "feeds not-a-list newsfeed.curated"));

    CommandRun byStage = command();
    assertThat(byStage.execute("rejected", "list", "--stage", "intake", "--since", "-PT1H"))
        .isZero();
    assertThat(byStage.output()).contains("listed").doesNotContain("listed-2");
    CommandRun byTopic = command();
    assertThat(byTopic.execute("rejected", "list", "--topic", "articles")).isZero();
    assertThat(byTopic.output()).contains("listed-2").doesNotContain("PUT ");
    CommandRun none = command();
    assertThat(none.execute("rejected", "list", "--reason", "no-such-reason")).isZero();
    assertThat(none.output()).isEqualTo("nothing was refused\n");

    CommandRun text = command();
    assertThat(text.execute("rejected", "show", id("listed-2"))).isZero();
    assertThat(text.output())
        .contains("not-an-article")
        .contains("[31mnot an article")
        .contains(Refusals.sha256("\u001b[31mnot an article".getBytes(UTF_8)))
        .doesNotContain("\u001b");
    CommandRun binary = command();
    assertThat(binary.execute("rejected", "show", id("listed-3"))).isZero();
    assertThat(binary.output()).contains("00 01 02 03  ····");
    CommandRun bytes = command();
    assertThat(bytes.execute("rejected", "show", id("listed-4"), "--bytes")).isZero();
    assertThat(bytes.output()).isEqualTo("no click");
    assertThat(command().execute("rejected", "show", "999999")).isEqualTo(1);
  }

  @Test
  void clickOnAnAddressThatWasUnknownCountsAsOfThen() throws Exception {
    ObjectNode click = object().put("url", "https://news.example/late-page");
    for (int reader = 0; reader < 3; reader++) {
      assertThat(newsfeed.intake().clicks(click, Reader.number(reader)).accepted())
          .isTrue();
    }
    String[] unknown = {"rejected", "replay", "--reason", "unknown-url"};
    soon()
        .until(() -> listed().stream()
                .filter(row -> row.path("reason").asText().equals("unknown-url"))
                .count()
            == 3);
    CommandRun early = command();
    assertThat(early.execute(unknown)).isEqualTo(1);
    assertThat(early.output())
        .contains("not replayed: would be refused again: url: no published article");

    publish(article("late-page", 1).put("url", "https://news.example/late-page"));
    soon().until(() -> !newsfeed.published("late-page").isEmpty());

    CommandRun dry = command();
    assertThat(dry.execute(with(unknown, "--dry-run"))).isZero();
    assertThat(dry.output()).contains("would be sent to newsfeed.clicks");
    assertThat(command().execute(unknown)).isZero();
    CommandRun again = command();
    assertThat(again.execute(unknown)).isZero();
    assertThat(again.output().lines()).hasSize(3).allMatch(line -> line.contains("was replayed"));
    soon()
        .untilAsserted(
            () -> assertThat(newsfeed.reading().mostRead("now", "all")).contains("late-page=3"));
  }

  /** An earlier intake and an earlier job had a rule that was wrong. */
  @Test
  void whatIsRightByNowIsTakenOnceHoweverOftenItIsReplayed() throws Exception {
    byte[] body = article("mended-1", 1).toString().getBytes(UTF_8);
    keep(
        "mended-1",
        Rejected.newBuilder(refused(body, null))
            .setRequest(new RefusedRequest("PUT", "/v1/articles/mended-1", "application/json"))
            .build());
    byte[] record = topics
        .articles
        .valueSerde()
        .write(
            topics.articles.name(),
            Article.newBuilder()
                .setArticleId("mended-2")
                .setVersion(1)
                .setHeadline("Mended")
                .setSection(new Label("world", "World"))
                .build());
    keep("mended-2", refused(record, new Refusals.Place(topics.articles.name(), 0, 4_711)));
    soon().until(() -> !id("mended-1").isEmpty() && !id("mended-2").isEmpty());

    for (int times = 0; times < 2; times++) {
      CommandRun run = command();
      assertThat(run.execute("rejected", "replay", id("mended-1"), id("mended-2")))
          .isZero();
      assertThat(run.output().lines()).hasSize(2);
    }

    soon().untilAsserted(() -> {
      assertThat(newsfeed.published("mended-1")).hasSize(1);
      assertThat(newsfeed.published("mended-2")).hasSize(1);
    });
    assertThat(listed().stream()
            .filter(row -> row.path("key").asText().startsWith("mended"))
            .map(row -> row.path("replayed").path("detail").asText()))
        .hasSize(2)
        .allMatch(detail -> detail.startsWith("by "))
        .anyMatch(detail -> detail.contains("PUT /v1/articles/mended-1"))
        .anyMatch(detail -> detail.contains("newsfeed.articles-"));
  }

  @Test
  void whatCannotBeSentAgainSaysWhy() throws Exception {
    newsfeed
        .reading()
        .put(
            "/v1/articles/no-1", ("{\"lead\": \"" + "x".repeat(2_000_000) + "\"}").getBytes(UTF_8));
    assertThat(newsfeed.intake().publish(article("no-2", 0)).accepted()).isFalse();
    keep("no-3", refused(new byte[] {1}, null));
    keep("no-4", refused(new byte[] {1}, new Refusals.Place("elsewhere.articles", 0, 1)));
    keep(
        "no-5",
        Rejected.newBuilder(refused(new byte[] {1}, null)).setFile("wire.xml").build());
    newsfeed.write(
        topics.articles,
        "no-6",
        topics
            .articles
            .valueSerde()
            .write(
                "t",
                Article.newBuilder()
                    .setArticleId("another")
                    .setVersion(1)
                    .setHeadline("A")
                    .build()));

    soon().untilAsserted(() -> {
      assertThat(why("no-1")).contains("only the first part was kept");
      assertThat(why("no-2")).contains("refused again: version: must be 1 or more");
      assertThat(why("no-3")).contains("where it came from is not known");
      assertThat(why("no-4")).contains("nobody sends to elsewhere.articles");
      assertThat(why("no-5")).contains("move it from refused/ back");
      assertThat(why("no-6")).contains("its key is what is wrong");
    });
    assertThat(command().execute("rejected", "replay")).isEqualTo(2);
    assertThat(command().execute("rejected", "replay", "1", "--reason", "x")).isEqualTo(2);
    assertThat(command().execute("rejected", "replay", "999999")).isEqualTo(1);
  }

  @Test
  void oldListDoesNotReplaceTheOneThatCameSince() throws Exception {
    byte[] old = "{\"by\": \"mara\", \"entries\": [{\"articleId\": \"old\"}]}".getBytes(UTF_8);
    keep(
        "curated/since",
        Rejected.newBuilder(refused(old, null))
            .setRequest(new RefusedRequest("PUT", "/v1/curated/since", "application/json"))
            .build());
    soon().until(() -> !id("curated/since").isEmpty());
    ObjectNode list = object().put("by", "ole");
    list.putArray("entries").addObject().put("articleId", "new");
    assertThat(newsfeed.intake().curate("since", list).accepted()).isTrue();

    assertThat(why("curated/since")).contains("was set again since");
  }

  private String why(String key) throws Exception {
    CommandRun run = command();
    assertThat(run.execute("rejected", "replay", id(key))).as(run.output()).isEqualTo(1);
    return run.output();
  }

  private Rejected refused(byte[] bytes, Refusals.Place place) {
    return Refusals.rejected(
        new Problem("invalid-field", "section", "was refused by a rule that is gone"),
        place == null ? "intake" : "publication",
        Instant.now(),
        place,
        bytes);
  }

  private void keep(String key, Rejected rejected) {
    newsfeed.write(
        topics.rejected, key, topics.rejected.valueSerde().write(topics.rejected.name(), rejected));
  }

  private List<JsonNode> listed() throws Exception {
    CommandRun run = command();
    assertThat(run.execute("rejected", "list", "--json", "--last", "0"))
        .as(run.errors())
        .isZero();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : run.output().lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  /** Of the first refusal under a key; empty: there is none. */
  private String id(String key) throws Exception {
    return listed().stream()
        .filter(row -> row.path("key").asText().equals(key))
        .map(row -> row.path("id").asText())
        .findFirst()
        .orElse("");
  }

  private void publish(ObjectNode article) {
    assertThat(newsfeed.intake().publish(article).accepted()).isTrue();
  }

  private CommandRun command() {
    return CommandRun.with(Map.of(
        NewsfeedSettings.BOOTSTRAP_SERVERS,
        cluster.bootstrapServers(),
        NewsfeedSettings.INTAKE_URL,
        newsfeed.intakeUrl().toString()));
  }

  private static String[] with(String[] arguments, String more) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = more;
    return all;
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static ObjectNode article(String id, long version) {
    return object()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Story " + id)
        .put("section", "world");
  }
}
