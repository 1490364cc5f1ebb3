package dev.newsfeed.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.schemas.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Readers that others wrote, in other languages, find in our feeds what we put there. They run where
 * they are installed, see {@code .ci/run}; the end of the run says so where they are not.
 */
class FeedReadersTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = Samples.TOPICS;

  private static final Path READERS = Path.of("src/test/readers");

  /**
   * RSS does not say whether a title is text or markup: one that looks like markup is read as either,
   * whatever is written.
   */
  private static final Set<String> AMBIGUOUS = Set.of("quotes", "entities", "cdata");

  @TempDir
  Path directory;

  @ParameterizedTest
  @CsvSource({
    "feedparser, RSS",
    "feedparser, ATOM",
    "rss-parser, RSS",
    "rss-parser, ATOM",
    "feedsmith, RSS",
    "feedsmith, ATOM",
    "feedsmith, JSON",
  })
  void readerFindsEveryItem(String reader, FeedFormat format) throws Exception {
    byte[] feed = TrickyFeed.bytes(format);

    JsonNode read = read(reader, feed);

    List<FeedPage.Item> items = TrickyFeed.document(null).page().items();
    assertThat(read.path("problem").asText("null")).isEqualTo("null");
    assertThat(plain(read.path("title").asText())).isEqualTo("Meridian \"News\": World & <more>");
    assertThat(read.path("items").findValuesAsText("id")).isEqualTo(TrickyFeed.ids());
    for (int i = 0; i < items.size(); i++) {
      JsonNode item = read.path("items").path(i);
      FeedEntry entry = items.get(i).entry();
      String as = reader + " of " + format + ": " + item;
      if (format == FeedFormat.JSON || !AMBIGUOUS.contains(entry.getArticleId())) {
        assertThat(plain(item.path("title").asText())).as(as).isEqualTo(plain(entry.getHeadline()));
      }
      assertThat(item.path("url").asText())
          .as(as)
          .isEqualTo(TrickyFeed.ADDRESSES.uri(TrickyFeed.ADDRESSES.article(entry)));
      assertThat(item.path("published").asText())
          .as(as)
          .isEqualTo(entry.getFirstPublished().truncatedTo(ChronoUnit.SECONDS).toString());
      List<String> photos = new ArrayList<>();
      item.path("photos").forEach(photo -> photos.add(photo.asText()));
      assertThat(photos)
          .as(as)
          .isEqualTo(FeedDocument.photos(items.get(i)).stream()
              .map(photo -> TrickyFeed.ADDRESSES.uri(photo.getUrl()))
              .toList());
    }
  }

  /** White space and what XML does not know are not compared. */
  private static String plain(String text) {
    return Xml.legal(text).replaceAll("\\s+", " ").strip();
  }

  @ParameterizedTest
  @CsvSource({"feedparser", "rss-parser", "feedsmith"})
  void readerSeesTheCorrectionAboveTheText(String reader) throws Exception {
    for (FeedFormat format : List.of(FeedFormat.RSS, FeedFormat.ATOM)) {
      JsonNode items = read(reader, TrickyFeed.bytes(format)).path("items");

      int corrected = TrickyFeed.ids().indexOf(TrickyFeed.ADDRESSES.tag("corrected"));
      String html = items.path(corrected).path("html").asText().replace("&quot;", "\"");
      assertThat(html)
          .contains("Correction, ", "2 March 2026, 10:00 UTC", "\"5 &lt; 3\" &amp; more.");
      assertThat(html.indexOf("Correction")).isLessThan(html.indexOf("Body of corrected"));
    }
  }

  @ParameterizedTest
  @CsvSource({"feedparser", "rss-parser", "feedsmith"})
  void readerSeesWhoTookThePhoto(String reader) throws Exception {
    for (FeedFormat format : List.of(FeedFormat.RSS, FeedFormat.ATOM)) {
      JsonNode items = read(reader, TrickyFeed.bytes(format)).path("items");

      int video = TrickyFeed.ids().indexOf(TrickyFeed.ADDRESSES.tag("video"));
      Photo photo = Samples.article("video").getPhotos().get(0);
      assertThat(items.path(video).path("credit").asText()).isEqualTo(photo.getCredit());
    }
  }

  @Test
  void readerFindsEveryFeedInTheSubscriptionList() throws Exception {
    List<FeedSummary> feeds = List.of(
        new FeedSummary("all", "All <news>", 1, 1, Samples.NINE),
        new FeedSummary("section/world", "World & more", 1, 1, Samples.NINE));

    JsonNode read =
        read("opml", Opml.of(feeds, TrickyFeed.ADDRESSES, "Meridian \"News\"").bytes(false));

    assertThat(read.path("title").asText()).isEqualTo("Meridian \"News\"");
    assertThat(read.path("items").findValuesAsText("title"))
        .containsExactly("All <news>", "World & more");
    assertThat(new HashSet<>(read.path("items").findValuesAsText("url")))
        .contains("https://news.example/feeds/section/world.rss");
  }

  private JsonNode read(String reader, byte[] feed) throws Exception {
    Path file = Files.write(directory.resolve("feed"), feed);
    List<String> command = new ArrayList<>();
    if (reader.equals("feedparser")) {
      command.add(python());
      command.add(READERS.resolve("read.py").toString());
    } else {
      assumeTrue(
          Files.exists(READERS.resolve("node_modules")) && runs("node", "--version"),
          reader + ": needs Node and npm install in gateway/src/test/readers");
      command.addAll(List.of("node", READERS.resolve("read.mjs").toString(), reader));
    }
    command.add(file.toString());
    Path output = directory.resolve("read");
    Process process = new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return new ObjectMapper().readTree(Files.readString(output, StandardCharsets.UTF_8));
  }

  /** Debian's own Python is not always the first on the path. */
  private static String python() throws Exception {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      if (runs(python, "-c", "import feedparser")) {
        return python;
      }
    }
    assumeTrue(false, "feedparser: needs python3-feedparser");
    throw new AssertionError("an assumption that does not hold ends the test");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(new File("/dev/null"))
          .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // it is not there
    }
  }
}
