package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.clicks.AccessLog.LeftOut;
import dev.newsfeed.producer.clicks.AccessLog.Line;
import dev.newsfeed.producer.clicks.AccessLog.Read;
import dev.newsfeed.schemas.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogTest {

  private static final byte[] SECRET = "a secret of the newsroom".getBytes(UTF_8);
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final String FIREFOX =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

  private final PublishedPages pages = new PublishedPages(null);

  @BeforeEach
  void publish() {
    assertThat(TestKafka.TOPICS)
        .as("loaded, and with them the trust in our records")
        .isNotNull();
    pages.learn(article("flood", "https://news.example/world/flood", "/old/flood"));
    pages.learn(article("page-7", "https://news.example/?p=7"));
  }

  @Test
  void requestOfAnArticleIsAClickWithTheCollectorsKeys() throws Exception {
    Click click = click(line("GET /world/flood?utm=x HTTP/1.1", 200, FIREFOX));

    Instant at = Instant.parse("2015-05-17T10:05:03Z");
    VisitorKeys collector = new VisitorKeys(SECRET, BERLIN);
    InetAddress address = InetAddress.getByName("198.51.100.7");
    assertThat(click.getArticleId()).isEqualTo("flood");
    assertThat(click.getReceivedAtMs()).isEqualTo(at.toEpochMilli());
    assertThat(click.getVisitor())
        .isEqualTo(collector.visitor(at, "news.example", address, FIREFOX));
    assertThat(click.getNetwork()).isEqualTo(collector.network(at, address));
    assertThat(click.getSuspect()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /world/flood HTTP/1.1, 200, flood",
    "GET /world/flood/ HTTP/2.0, 304, flood",
    "GET /old/flood HTTP/1.1, 200, flood",
    "GET https://news.example/world/flood HTTP/1.1, 200, flood",
    "GET /?p=7 HTTP/1.1, 200, page-7",
    "GET /articles/flood HTTP/1.1, 200, flood",
    "GET /articles/never-published HTTP/1.1, 200, no-article",
    "GET / HTTP/1.1, 200, no-article",
    "GET //news.example/world/flood HTTP/1.1, 200, no-article",
    "GET /wor|ld HTTP/1.1, 200, no-article",
    "GET /world/flood.css?v=1 HTTP/1.1, 200, asset",
    "GET /robots.txt HTTP/1.1, 200, asset",
    "GET /a.b/photo.JPG HTTP/1.1, 200, asset",
    "HEAD /world/flood HTTP/1.1, 200, method",
    "POST /world/flood HTTP/1.1, 200, method",
    "GET /world/flood HTTP/1.1, 404, status",
    "GET /world/flood HTTP/1.1, 301, status",
    "GET /world/flood HTTP/1.1, 206, status",
    "-, 408, bad-request",
    "\\x16\\x03\\x01, 400, bad-request",
  })
  void onlyAPageThatWasShownIsAClick(String request, int status, String what) throws IOException {
    assertThat(said(line(request, status, FIREFOX))).containsExactly(what);
  }

  @Test
  void crawlersStaffAndPagesLoadedAheadBearTheReason() throws IOException {
    assertThat(click(line("GET /world/flood HTTP/1.1", 200, "Googlebot/2.1")).getSuspect())
        .isEqualTo("bot");
    assertThat(click(line("GET /world/flood HTTP/1.1", 200, "-")).getSuspect()).isEqualTo("bot");
    assertThat(click(
                line("GET /world/flood HTTP/1.1", 200, FIREFOX).replace("198.51.100.", "192.0.2."))
            .getSuspect())
        .isEqualTo("staff");
    assertThat(click(line("GET /world/flood HTTP/1.1", 200, FIREFOX) + " \"prefetch;prerender\"")
            .getSuspect())
        .isEqualTo("prefetch");
    assertThat(click(line("GET /world/flood HTTP/1.1", 200, FIREFOX) + " \"-\" 0.004")
            .getSuspect())
        .isNull();
  }

  @Test
  void escapedAgentIsReadAsItWasSent() throws Exception {
    Instant at = Instant.parse("2015-05-17T10:05:03Z");
    VisitorKeys collector = new VisitorKeys(SECRET, BERLIN);
    InetAddress address = InetAddress.getByName("198.51.100.7");
    for (String escaped : List.of("a \\\"b\\\" \\\\ \\xe9", "a \\x22b\\x22 \\x5C \\xE9")) {
      assertThat(click(line("GET /world/flood HTTP/1.1", 200, escaped)).getVisitor())
          .isEqualTo(collector.visitor(at, "news.example", address, "a \"b\" \\ é"));
    }
  }

  @Test
  void hostNameIsNoAddress() throws IOException {
    Click click = click(line("GET /world/flood HTTP/1.1", 200, FIREFOX)
        .replace("198.51.100.7", "reader.isp.example"));

    assertThat(click.getVisitor()).isNull();
    assertThat(click.getNetwork()).isNull();
  }

  @Test
  void zoneOfTheServerIsMinded() throws IOException {
    Click click = click(line("GET /world/flood HTTP/1.1", 200, FIREFOX).replace("+0000", "-0730"));

    assertThat(Instant.ofEpochMilli(click.getReceivedAtMs()))
        .isEqualTo(Instant.parse("2015-05-17T17:35:03Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[31/Feb/2015:10:05:03 +0000]",
        "[17/Mai/2015:10:05:03 +0000]",
        "[17/May/2015:25:05:03 +0000]",
        "[17/May/2015 10:05:03]",
        "[yesterday]",
      })
  void wrongTimeIsTold(String time) throws IOException {
    String line = line("GET /world/flood HTTP/1.1", 200, FIREFOX)
        .replace("[17/May/2015:10:05:03 +0000]", time);

    assertThat(said(line)).containsExactly("bad-time");
  }

  @Test
  void nothingStopsTheReading() throws IOException {
    String good = line("GET /world/flood HTTP/1.1", 200, FIREFOX);
    String common = good.substring(0, good.indexOf(" \"-\""));
    String[] lines = {
      "",
      good + "\r",
      "\u0000\u0001\u0002",
      "[".repeat(60_000),
      "\"".repeat(50_001),
      "x".repeat(AccessLog.MAX_LINE_BYTES + 1),
      common,
      good.substring(0, good.length() - 1),
      good.replace("\"GET", "GET"),
      good,
    };

    assertThat(said(lines))
        .containsExactly(
            "flood",
            "not-combined",
            "not-combined",
            "not-combined",
            "too-long",
            "not-combined",
            "not-combined",
            "not-combined",
            "flood");
  }

  @Test
  void userWithBlanksIsNoObstacle() throws IOException {
    assertThat(said(line("GET /world/flood HTTP/1.1", 200, FIREFOX)
            .replace("- - [", "- mara van den berg [")))
        .containsExactly("flood");
  }

  @Test
  void sameLineIsTheSameEventAndNobodyCanTellWhose() throws IOException {
    String line = line("GET /world/flood HTTP/1.1", 200, FIREFOX);

    String id = click(line).getEventId();

    assertThat(click(line).getEventId()).isEqualTo(id);
    assertThat(click(line.replace(":03 ", ":04 ")).getEventId()).isNotEqualTo(id);
    assertThat(new AccessLog(
                in(line),
                pages,
                "another newsroom's".getBytes(UTF_8),
                BERLIN,
                Networks.NONE,
                Networks.NONE)
            .next())
        .isInstanceOfSatisfying(
            Read.class, read -> assertThat(read.click().getEventId()).isNotEqualTo(id));
  }

  @Test
  void packedLogIsReadAlike() throws IOException {
    String line = line("GET /world/flood HTTP/1.1", 200, FIREFOX);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write((line + "\n" + line).getBytes(ISO_8859_1));
    }

    assertThat(said(read(new ByteArrayInputStream(packed.toByteArray()))))
        .containsExactly("flood", "flood");
  }

  @Test
  void siteDecidesWhereTwoHaveAnArticleAtOnePath() throws IOException {
    pages.learn(article("other-flood", "https://sport.example/world/flood"));
    PublishedPages sport = new PublishedPages(URI.create("https://sport.example"));
    sport.learn(article("flood", "https://news.example/world/flood"));
    sport.learn(article("other-flood", "https://sport.example/world/flood"));

    String line = line("GET /world/flood HTTP/1.1", 200, FIREFOX);
    assertThat(said(line)).containsExactly("several-articles");
    assertThat(said(read(in(line), sport))).containsExactly("other-flood");
  }

  /** A real log, counted by other means: no regular expression for lines, no URI, no table. */
  @Test
  void realLogIsCountedLikeInARecount() throws IOException {
    Path log = Path.of("../../shared/data/access.log");
    assumeTrue(Files.exists(log), "skipped: the real log is not beside this checkout");
    Set<String> paths = new HashSet<>();
    Map<String, Integer> recount = new TreeMap<>();
    Set<String> distinct = new HashSet<>();
    for (String line : Files.readAllLines(log, ISO_8859_1)) {
      String[] parts = line.split("\"");
      String[] request = parts[1].split(" ");
      String status = parts[2].strip().split(" ")[0];
      String path = request[1].split("\\?")[0];
      if (path.startsWith("/blog/") && path.endsWith(".html")) {
        paths.add(path);
        if (request[0].equals("GET") && (status.equals("200") || status.equals("304"))) {
          recount.merge(path, 1, Integer::sum);
          distinct.add(line);
        }
      }
    }
    PublishedPages real = new PublishedPages(null);
    paths.forEach(path -> real.learn(article(
        "real-" + Integer.toHexString(path.hashCode()), "https://semicomplete.example" + path)));

    List<Line> lines;
    try (InputStream in = Files.newInputStream(log)) {
      lines = read(in, real);
    }

    Map<String, Integer> counted = new HashMap<>();
    Set<String> events = new HashSet<>();
    int unreadable = 0;
    for (Line line : lines) {
      if (line instanceof Read read) {
        counted.merge(read.click().getArticleId(), 1, Integer::sum);
        events.add(read.click().getEventId());
      } else if (line instanceof LeftOut out && !out.readable()) {
        unreadable++;
      }
    }
    Map<String, Integer> expected = new HashMap<>();
    recount.forEach(
        (path, count) -> expected.put("real-" + Integer.toHexString(path.hashCode()), count));
    assertThat(lines).hasSize(5_000);
    assertThat(unreadable).isZero();
    assertThat(counted).hasSizeGreaterThan(50).isEqualTo(expected);
    assertThat(events).hasSameSizeAs(distinct);
  }

  private Click click(String line) throws IOException {
    List<Line> lines = read(in(line));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).isInstanceOf(Read.class);
    return ((Read) lines.get(0)).click();
  }

  private List<String> said(String... lines) throws IOException {
    return said(read(in(String.join("\n", lines))));
  }

  private static List<String> said(List<Line> lines) {
    return lines.stream()
        .map(line ->
            line instanceof Read read ? read.click().getArticleId() : ((LeftOut) line).reason())
        .toList();
  }

  private List<Line> read(InputStream in) throws IOException {
    return read(in, pages);
  }

  private static List<Line> read(InputStream in, PublishedPages pages) throws IOException {
    AccessLog log =
        new AccessLog(in, pages, SECRET, BERLIN, Networks.parse("192.0.2.0/24"), Networks.NONE);
    List<Line> lines = new ArrayList<>();
    for (Line line = log.next(); line != null; line = log.next()) {
      lines.add(line);
    }
    return lines;
  }

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }

  private static String line(String request, int status, String agent) {
    return "198.51.100.7 - - [17/May/2015:10:05:03 +0000] \"" + request + "\" " + status
        + " 2030 \"-\" \"" + agent + "\"";
  }

  private static Article article(String id, String url, String... aliases) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setHeadline("Headline")
        .setUrl(url)
        .setAliases(List.of(aliases))
        .build();
  }
}
