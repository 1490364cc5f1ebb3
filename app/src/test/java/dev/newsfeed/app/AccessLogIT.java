package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real log of May 2015 becomes the most-read lists of that week, by jobs whose clock stands there. */
class AccessLogIT {

  private static final Path LOG = Path.of("../../shared/data/access.log");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin"); // TestNewsfeed's
  private static final Instant END = Instant.parse("2015-05-19T03:06:00Z");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

  /** What the recount takes from a line, cut at its quotes. */
  private record Request(String path, Instant at, String visitor, boolean isShown) {}

  @Test
  void logOfThenIsTheMostReadListOfThen(@TempDir Path temp) throws Exception {
    assumeTrue(Files.exists(LOG), "skipped: the real log is not beside this checkout");
    List<String> lines = withoutRobots();
    Path log = Files.write(temp.resolve("access.log"), lines, ISO_8859_1);
    List<Request> requests = lines.stream().map(AccessLogIT::request).toList();
    Set<String> paths = new TreeSet<>();
    requests.forEach(request -> {
      if (request.path().startsWith("/blog/") && request.path().endsWith(".html")) {
        paths.add(request.path());
      }
    });
    List<String> recount = recount(requests, paths);
    Path data = temp.resolve("data");

    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(
            cluster,
            data,
            Map.of(NewsfeedSettings.CLOCK, END.toString(), NewsfeedSettings.PARTITIONS, "3"))) {
      paths.forEach(path -> publish(newsfeed, path));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              paths.stream().allMatch(path -> !newsfeed.published(id(path)).isEmpty()));

      CommandRun first = importClicks(cluster, data, log);
      long sent = shown(requests, paths);
      assertThat(first.output())
          .contains("%,d lines".formatted(lines.size()))
          .contains("%,9d clicks sent".formatted(sent))
          .doesNotContain("not to be counted", "unreadable", "too late");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(newsfeed.reading().mostRead("this-week", "section/blog"))
              .hasSize(20)
              .isEqualTo(recount));

      long inWindow = requests.stream()
          .filter(r -> r.isShown() && paths.contains(r.path()) && !r.at().isBefore(monday()))
          .count();
      long reads = list(newsfeed).path("reads").asLong();
      importClicks(cluster, data, log);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(list(newsfeed).path("refused").path("repeat").asLong())
                  .as("every click has come twice")
                  .isEqualTo(2 * inWindow - reads));
      assertThat(newsfeed.reading().mostRead("this-week", "section/blog")).isEqualTo(recount);
      assertThat(list(newsfeed).path("reads").asLong()).isEqualTo(reads);
    }
  }

  private static JsonNode list(TestNewsfeed newsfeed) {
    return newsfeed.reading().get("/most-read/this-week?scope=section/blog").json();
  }

  private static CommandRun importClicks(KafkaCluster cluster, Path data, Path log) {
    CommandRun run = CommandRun.with(Map.of(
        NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers(),
        NewsfeedSettings.DATA, data.toString(),
        NewsfeedSettings.ZONE, BERLIN.getId(),
        NewsfeedSettings.CLOCK, END.toString()));
    assertThat(run.execute("import-clicks", log.toString())).as(run.errors()).isZero();
    return run;
  }

  private static void publish(TestNewsfeed newsfeed, String path) {
    assertThat(newsfeed
            .intake()
            .publish(JsonNodeFactory.instance
                .objectNode()
                .put("articleId", id(path))
                .put("version", 1)
                .put("headline", path)
                .put("section", "blog")
                .put("url", "https://semicomplete.example" + path)
                .put("firstPublished", "2015-05-10T12:00:00Z"))
            .accepted())
        .isTrue();
  }

  private static String id(String path) {
    return path.substring(1).replaceAll("[^A-Za-z0-9]+", "-");
  }

  /** Only what calls itself a browser on a desk, so that the recount needs no list of crawlers. */
  private static List<String> withoutRobots() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(LOG, ISO_8859_1)) {
      String agent = line.split("\"")[5];
      if (agent.matches("Mozilla/5\\.0 \\((Windows NT|Macintosh|X11).*(Firefox|Chrome)/[0-9.]+"
          + "( Safari/[0-9.]+)?")) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static Request request(String line) {
    String[] parts = line.split("\"");
    String[] request = parts[1].split(" ");
    String status = parts[2].strip().split(" ")[0];
    String address = line.split(" ")[0];
    Instant at = OffsetDateTime.parse(
            line.substring(line.indexOf('[') + 1, line.indexOf(']')), TIME)
        .toInstant();
    return new Request(
        request[1].split("\\?")[0],
        at,
        at.atZone(BERLIN).toLocalDate() + address.substring(0, address.lastIndexOf('.')) + parts[5],
        request[0].equals("GET") && (status.equals("200") || status.equals("304")));
  }

  private static long shown(List<Request> requests, Set<String> paths) {
    return requests.stream()
        .filter(r -> r.isShown() && paths.contains(r.path()))
        .count();
  }

  private static Instant monday() {
    return ZonedDateTime.of(2015, 5, 18, 0, 0, 0, 0, BERLIN).toInstant();
  }

  /** One read for a visitor and half hour; the most read first, of equals the lower id. */
  private static List<String> recount(List<Request> requests, Set<String> paths) {
    Map<String, Set<String>> reads = new HashMap<>();
    for (Request request : requests) {
      if (request.isShown() && paths.contains(request.path()) && !request.at().isBefore(monday())) {
        reads
            .computeIfAbsent(id(request.path()), path -> new HashSet<>())
            .add(request.visitor() + request.at().getEpochSecond() / 1_800);
      }
    }
    return reads.entrySet().stream()
        .sorted(Comparator.comparing(
                (Map.Entry<String, Set<String>> e) -> -e.getValue().size())
            .thenComparing(Map.Entry::getKey))
        .limit(20)
        .map(e -> e.getKey() + '=' + e.getValue().size())
        .toList();
  }

  @Test
  void secretThatIsNotTheIntakesIsAskedFor(@TempDir Path temp) throws Exception {
    Path log = Files.write(temp.resolve("access.log"), "".getBytes(UTF_8));
    CommandRun run = CommandRun.with(NewsfeedSettings.DATA, temp.toString());

    assertThat(run.execute("import-clicks", log.toString())).isEqualTo(2);
    assertThat(run.errors()).contains("NEWSFEED_VISITOR_SECRET must be set");
  }
}
