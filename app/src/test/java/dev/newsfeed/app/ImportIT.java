package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What agencies and other sites deliver, from the command or the intake to what sites read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EXAMPLES = Path.of("../../shared/data/ninjs");

  private KafkaCluster cluster;
  private TestNewsfeed newsfeed;

  @BeforeAll
  void start(@TempDir Path data) {
    cluster = KafkaCluster.embedded();
    newsfeed = new TestNewsfeed(cluster, data);
  }

  @AfterAll
  void stop() {
    if (newsfeed != null) {
      newsfeed.close();
    }
    cluster.close();
  }

  @Test
  void ninjsOfAgenciesIsReadBackFromFeedsAndArticles() throws IOException {
    assumeTrue(Files.exists(EXAMPLES), "skipped: IPTC's examples are not beside this checkout");
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(EXAMPLES)) {
      all.map(Path::toString).sorted().forEach(files::add);
    }

    CommandRun run = imported(files);

    assertThat(run.output())
        .contains("refused ap_audio.json line 1: type: is audio")
        .contains("11 articles published, 1 refused");
    String dpa = "urn:newsml:dpa.com:20090101:190510-99-167362";
    soon(() -> {
      assertThat(newsfeed.reading().feed("all")).contains(dpa);
      assertThat(newsfeed.reading().feed("person/nancy-pelosi")).hasSize(1);
      assertThat(newsfeed.reading().feed("kind/video")).hasSize(1);
      // two of the pictures are the same item
      assertThat(newsfeed.reading().feed("kind/gallery")).hasSize(3);
      JsonNode ninjs = newsfeed.reading().get("/articles/" + dpa + ".ninjs").json();
      assertThat(ninjs.at("/headlines/0/value").asText())
          .isEqualTo("Faktencheck Derby-Elfmeter: Hat Schiedsrichter Zwayer recht?");
      assertThat(ninjs.path("by").asText()).isEqualTo("Von Christian Hollmann, dpa");
    });
  }

  @Test
  void whatIsNoNewsIsKeptOnceWithItsLines(@TempDir Path dir) throws IOException {
    Path rss = file(dir, "wire.xml", """
        <rss version="2.0"><channel><title>Wire</title>
        <item><guid>kept-1</guid><title>Good</title></item>
        <item>
          <guid>kept-2</guid><title>Bad</title>
          <pubDate>soon</pubDate>
        </item>
        <item><guid>kept-3</guid><title>Good, too</title></item>
        <item><title>
        """);
    Path csv = file(dir, "wire.csv", "\"9\",\"No class\",\"Text\"\n\"1\",\"Good\",\"Text\"\n");
    Path none = file(dir, "notes.txt", "no news today");
    for (int times = 0; times < 2; times++) {
      assertThat(imported(List.of(rss.toString(), csv.toString())).output())
          .contains("3 articles published, 3 refused");
      CommandRun run = command();
      assertThat(run.execute("import", none.toString())).isPositive();
      assertThat(run.errors()).contains("notes.txt cannot be read: not a file of news");
    }

    CommandRun list = command();
    assertThat(list.execute("rejected", "list", "--stage", "import", "--json", "--last", "0"))
        .isZero();
    Map<String, String> ids = new TreeMap<>();
    for (String line : list.output().lines().toList()) {
      JsonNode row = JSON.readTree(line);
      if (!row.path("from").asText().startsWith("file ap_")) {
        String what = row.path("reason").asText() + ", " + row.path("field").asText();
        assertThat(
                ids.put(row.path("from").asText() + ": " + what, row.path("id").asText()))
            .as("kept once")
            .isNull();
      }
    }
    assertThat(ids)
        .containsOnlyKeys(
            "file wire.xml: invalid-field, item 2 (line 3) pubDate",
            "file wire.xml: malformed-xml, item 4 (line 9) item",
            "file wire.csv: invalid-field, item 1 (line 1) class",
            "file notes.txt: not-news, file");
    assertThat(kept(ids, "wire.xml: invalid")).isEqualTo("""
            <item>
              <guid>kept-2</guid><title>Bad</title>
              <pubDate>soon</pubDate>
            </item>
            """);
    assertThat(kept(ids, "wire.csv")).isEqualTo("\"9\",\"No class\",\"Text\"\n");
    assertThat(kept(ids, "notes.txt")).isEqualTo("no news today");
    for (String id : ids.values()) {
      CommandRun replay = command();
      assertThat(replay.execute("rejected", "replay", id)).isEqualTo(1);
      assertThat(replay.output()).contains("put it right there and import the file again");
    }
  }

  private String kept(Map<String, String> ids, String file) {
    String id = ids.entrySet().stream()
        .filter(entry -> entry.getKey().contains(file))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
    CommandRun show = command();
    assertThat(show.execute("rejected", "show", id, "--bytes")).isZero();
    return show.output();
  }

  @Test
  void ninjsIsCorrectedInAnyOrderAndCanceledForGood(@TempDir Path dir) throws IOException {
    Path second = file(dir, "2.json", ninjs("urn:x:fire", "2", "Fire is out"));
    Path first = file(dir, "1.json", ninjs("urn:x:fire", "1", "Fire at the docks"));
    assertThat(imported(List.of(second.toString(), first.toString())).output())
        .contains("2 articles published, 0 refused");
    soon(() -> assertThat(
            newsfeed.reading().get("/articles/urn:x:fire.json").json().path("headline"))
        .hasToString("\"Fire is out\""));

    Path kill = file(
        dir,
        "3.json",
        ninjs("urn:x:fire", "3", "KILL").replace("usable", "canceled").replace("text", "audio"));
    assertThat(imported(List.of(kill.toString())).output()).contains("1 articles published");

    soon(() -> {
      Reading.Page gone = newsfeed.reading().get("/articles/urn:x:fire.ninjs");
      assertThat(gone.status()).isEqualTo(410);
      assertThat(gone.json().path("reason").asText()).isEqualTo("Canceled by its source");
      assertThat(newsfeed.reading().feed("all")).doesNotContain("urn:x:fire");
    });
  }

  @Test
  void ninjsComesOverHttpAndGoesBackTheSameWay() {
    String sent = ninjs("http://cms.example/items/harbour", "1", "Harbour opens");
    assertThat(
            newsfeed.reading().put("/v1/articles/harbour", sent.getBytes(UTF_8)).status())
        .isEqualTo(201);
    soon(() ->
        assertThat(newsfeed.reading().get("/articles/harbour.ninjs").status()).isEqualTo(200));
    ObjectNode read =
        (ObjectNode) newsfeed.reading().get("/articles/harbour.ninjs").json();

    read.put("version", "2");
    read.withArray("/headlines").removeAll().addObject().put("role", "main").put("value", "Closed");
    assertThat(newsfeed
            .reading()
            .put("/v1/articles/harbour", read.toString().getBytes(UTF_8))
            .status())
        .isEqualTo(201);

    soon(() -> {
      JsonNode article = newsfeed.reading().get("/articles/harbour.json").json();
      assertThat(article.path("headline").asText()).isEqualTo("Closed");
      assertThat(article.path("section").path("slug").asText()).isEqualTo("regions");
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "rss", "atom"})
  void siteIsMirroredFromItsOwnFeeds(String format, @TempDir Path dir) {
    String original = "bridge-" + format;
    publish(original, format, 1, "One " + format);
    Path first = saved(dir, format, "One " + format);
    imported(List.of(first.toString()));
    soon(() -> assertThat(mirrors("One " + format)).hasSize(1));
    String mirror = mirrors("One " + format).get(0);

    JsonNode here = newsfeed.reading().get("/articles/" + original + ".json").json();
    JsonNode there = newsfeed.reading().get("/articles/" + mirror + ".json").json();
    for (String field : List.of("headline", "lead", "bodyHtml", "byline", "url")) {
      assertThat(there.path(field)).as(field).isEqualTo(here.path(field));
    }
    assertThat(there.at("/photos/0/url")).isEqualTo(here.at("/photos/0/url"));
    assertThat(there.at("/photos/0/caption")).isEqualTo(here.at("/photos/0/caption"));
    assertThat(there.path("firstPublished").asText().substring(0, 19))
        .isEqualTo(here.path("firstPublished").asText().substring(0, 19)); // RSS has no millis
    if (format.equals("json")) {
      assertThat(there.path("section")).isEqualTo(here.path("section"));
      assertThat(there.path("persons")).isEqualTo(here.path("persons"));
    }

    publish(original, format, 2, "Two " + format);
    Path second = saved(dir, format, "Two " + format);
    publish(original, format, 3, "Three " + format);
    Path third = saved(dir, format, "Three " + format);
    for (Path file : List.of(first, second, first, second, first, third)) {
      imported(List.of(file.toString()));
    }

    // events of one article keep their order: when the third is there, all before were decided
    soon(() -> assertThat(headlines(mirror)).last().isEqualTo("Three " + format));
    assertThat(headlines(mirror))
        .containsExactly("One " + format, "Two " + format, "Three " + format);
    assertThat(newsfeed.rejected())
        .as("the same file twice is no conflict")
        .noneMatch(refused -> refused.getReason().equals("version-conflict"));
  }

  private List<String> headlines(String articleId) {
    List<PublishedArticle> all = newsfeed.published(articleId);
    assertThat(all).allMatch(published -> published.getStatus() == Status.usable);
    return all.stream().map(published -> published.getArticle().getHeadline()).toList();
  }

  private List<String> mirrors(String headline) {
    List<String> ids = new ArrayList<>();
    for (JsonNode item :
        newsfeed.reading().get("/feeds/all.json?limit=100").json().path("items")) {
      String id = item.path("_newsfeed").path("articleId").asText();
      if (item.path("title").asText().equals(headline) && id.startsWith("feed-")) {
        ids.add(id);
      }
    }
    return ids;
  }

  private void publish(String id, String format, int version, String headline) {
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", headline)
        .put("lead", "Lead & more")
        .put("bodyHtml", "<p>Body of " + headline + "</p>")
        .put("byline", "A. Writer")
        .put("url", "https://site.example/" + id)
        .put("section", "mirror-" + format);
    article.putArray("persons").addObject().put("slug", "ada").put("title", "Ada Lovelace");
    article
        .putArray("photos")
        .addObject()
        .put("url", "https://img.example/" + id + ".jpg")
        .put("caption", "The bridge");
    assertThat(newsfeed.intake().publish(article).accepted()).isTrue();
  }

  /** The feed as a file, once it shows a headline. */
  private Path saved(Path dir, String format, String headline) {
    String path = "/feeds/section/mirror-" + format + "." + format;
    soon(() -> assertThat(newsfeed.reading().get(path).body()).contains(headline));
    return file(dir, headline + "." + format, newsfeed.reading().get(path).body());
  }

  private static String ninjs(String uri, String version, String headline) {
    return """
        {"uri": "%s", "type": "text", "version": "%s", "pubStatus": "usable",
         "subjects": [{"name": "Regions", "rel": "section"}],
         "headlines": [{"role": "main", "value": "%s"}]}""".formatted(uri, version, headline);
  }

  private static Path file(Path dir, String name, String content) {
    try {
      return Files.writeString(dir.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CommandRun imported(List<String> files) {
    CommandRun run = command();
    run.execute(Stream.concat(Stream.of("import"), files.stream()).toArray(String[]::new));
    assertThat(run.errors()).isEmpty();
    return run;
  }

  private CommandRun command() {
    return CommandRun.with(NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers());
  }

  private static void soon(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }
}
