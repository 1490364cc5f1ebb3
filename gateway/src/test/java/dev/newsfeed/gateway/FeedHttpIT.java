package dev.newsfeed.gateway;

import static dev.newsfeed.gateway.TestSite.header;
import static dev.newsfeed.gateway.TestSite.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.rometools.rome.feed.synd.SyndEntry;
import com.rometools.rome.feed.synd.SyndFeed;
import com.rometools.rome.io.SyndFeedInput;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditions, choices, pages and archives of feeds, and what the site says to nonsense. */
class FeedHttpIT {

  private static final List<String> FEEDS =
      List.of("all", "section/world", "section/sport", "kind/article", "kind/gallery");

  @TempDir
  Path directory;

  private TestSite site;

  @BeforeEach
  void start() {
    site = new TestSite(directory);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void publish(String id, String section, String kind, Instant feedTime) {
    Article article = Samples.article(id)
        .setSection(new Label(section, section))
        .setKind(kind)
        .build();
    site.publish(Samples.published(article, feedTime));
  }

  /** Heads whose entries have yet to come: the archive has what there is. */
  private void heads() {
    for (String feedId : FEEDS) {
      site.news.feed(feedId, Samples.feed(feedId, "Title of " + feedId, 1_000));
    }
    site.news.batchDone(site.now);
  }

  private List<String> ids(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    json(response)
        .path("items")
        .forEach(i -> ids.add(i.at("/_newsfeed/articleId").asText()));
    return ids;
  }

  // ---- conditions ----

  @Test
  void onlyTheDateThatWasSentIsACondition() {
    publish("a1", "world", "article", Samples.NINE);
    heads();
    assertThat(header(site.get("/feeds/all.json"), "Last-Modified")).isEmpty(); // not settled yet
    site.now = Samples.NINE.plusSeconds(60);

    HttpResponse<String> first = site.get("/feeds/all.json");

    String date = header(first, "Last-Modified");
    assertThat(date).isEqualTo("Mon, 02 Mar 2026 09:00:00 GMT");
    HttpResponse<String> known = site.get("/feeds/all.json", "If-Modified-Since", date);
    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(header(known, "ETag")).isEqualTo(header(first, "ETag"));
    for (String other : List.of(
        "Mon, 02 Mar 2026 09:00:01 GMT",
        "Mon, 02 Mar 2026 08:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Monday, 02-Mar-26 09:00:00 GMT",
        "Mon, 02 Mar 2026 09:00:00 CET",
        date + ", " + date,
        "-1",
        "now",
        "%n%n%n",
        "9".repeat(500))) {
      HttpResponse<String> full = site.get("/feeds/all.json", "If-Modified-Since", other);
      assertThat(full.statusCode()).as(other).isEqualTo(200);
    }
  }

  @Test
  void dateIsNoConditionBesideATag() {
    publish("a1", "world", "article", Samples.NINE);
    heads();
    site.now = Samples.NINE.plusSeconds(60);
    String date = header(site.get("/feeds/all.json"), "Last-Modified");

    HttpResponse<String> response =
        site.get("/feeds/all.json", "If-Modified-Since", date, "If-None-Match", "\"another\"");

    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void withdrawalMovesTheDateAndSoDoesARestart() throws Exception {
    publish("a1", "world", "article", Samples.NINE);
    publish("a2", "world", "article", Samples.NINE.minusSeconds(5));
    heads();
    site.now = Samples.NINE.plusSeconds(60);
    String date = header(site.get("/feeds/all.atom"), "Last-Modified");

    PublishedArticle notice = Samples.withdrawn("a2", "wrong");
    notice = PublishedArticle.newBuilder(notice).setChangedAt(site.now).build();
    site.publish(notice);
    site.now = site.now.plusSeconds(60);
    HttpResponse<String> without = site.get("/feeds/all.atom", "If-Modified-Since", date);

    assertThat(without.statusCode()).isEqualTo(200);
    assertThat(header(without, "Last-Modified")).isEqualTo("Mon, 02 Mar 2026 09:01:00 GMT");
    site.close();
    site = new TestSite(directory);
    site.now = Samples.NINE.plusSeconds(300);
    heads();
    site.now = Samples.NINE.plusSeconds(400);
    HttpResponse<String> later = site.get("/feeds/all.atom", "If-Modified-Since", date);
    assertThat(later.statusCode()).isEqualTo(200);
    assertThat(header(later, "Last-Modified")).isEqualTo("Mon, 02 Mar 2026 09:05:00 GMT");
  }

  // ---- choices ----

  @Test
  void valuesOfAParameterAreMergedAndParametersNarrow() {
    for (int i = 0; i < 12; i++) {
      String section = List.of("world", "sport", "culture").get(i % 3);
      publish("a" + i, section, i % 2 == 0 ? "gallery" : "article", Samples.NINE.minusSeconds(i));
    }
    heads();
    site.news.feed("section/culture", Samples.feed("section/culture", "Culture"));

    assertThat(ids(site.get("/feeds?sections=world,sport")))
        .containsExactly("a0", "a1", "a3", "a4", "a6", "a7", "a9", "a10");
    assertThat(ids(site.get("/feeds/all?sections=sport&sections=world")))
        .isEqualTo(ids(site.get("/feeds.json?sections=world,sport,sport")));
    assertThat(ids(site.get("/feeds/all.json?sections=world,sport&kinds=gallery")))
        .containsExactly("a0", "a4", "a6", "a10");
    assertThat(ids(site.get("/feeds/section/world.json?kinds=gallery")))
        .containsExactly("a0", "a6");
    assertThat(ids(site.get("/feeds/all.json?feeds=section/world,kind/gallery")))
        .containsExactly("a0", "a2", "a3", "a4", "a6", "a8", "a9", "a10");
    JsonNode merged = json(site.get("/feeds?sections=world,sport&kinds=gallery"));
    assertThat(merged.path("title").asText())
        .isEqualTo(
            "Meridian: Title of kind/gallery · Title of section/sport, Title of section/world");
    assertThat(merged.at("/_newsfeed/total").asInt()).isEqualTo(4);
    assertThat(merged.path("feed_url").asText())
        .isEqualTo("https://news.example/feeds/all.json?kinds=gallery&sections=sport,world");
    assertThat(header(
            site.get("/feeds?sections=world", "Accept", "application/rss+xml"), "Content-Type"))
        .startsWith("application/rss+xml");
    assertThat(header(site.get("/feeds.atom?sections=world"), "Content-Type"))
        .startsWith("application/atom+xml");
  }

  @Test
  void wrongChoicesNameTheParameter() {
    heads();
    site.news.feed("curated/top", Samples.curated("curated/top", "Top"));
    String many = String.join(",", IntStream.range(0, 51).mapToObj(i -> "s" + i).toList());
    for (String path : List.of(
        "/feeds?sections=",
        "/feeds?kinds=,",
        "/feeds?sections=World",
        "/feeds?topics=%3Cscript%3E",
        "/feeds?persons=" + many,
        "/feeds?feeds=curated/top",
        "/feeds/curated/top?sections=world",
        "/feeds?sections=world&limit=101",
        "/feeds?sections=world&after=nonsense")) {
      HttpResponse<String> response = site.get(path);
      assertThat(response.statusCode()).as(path + response.body()).isEqualTo(400);
      assertThat(json(response).path("detail").asText())
          .matches("(sections|kinds|topics|persons|feeds|limit|after): .*");
    }
    HttpResponse<String> unknown = site.get("/feeds/all.rss?sections=world,nowhere");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).path("detail").asText())
        .startsWith("sections: there is no feed section/nowhere");
  }

  // ---- pages ----

  @ParameterizedTest
  @ValueSource(strings = {"/feeds/all.json?limit=17", "/feeds?sections=world,sport&limit=13"})
  void pagesLeadToTheEndWhileArticlesComeAndGo(String path) throws Exception {
    SimulatedNewsroom newsroom = new SimulatedNewsroom(new Random(7), Samples.NINE);
    Set<String> steady = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      steady.add("steady" + i);
      site.take(newsroom.publish(
          "steady" + i, i % 2 == 0 ? "world" : "sport", Samples.NINE.minusMillis(i * 700L)));
    }
    FEEDS.forEach(feedId -> site.take(newsroom.head(feedId)));
    AtomicBoolean done = new AtomicBoolean(); // an interrupt would close the archive's files
    Thread busy = new Thread(() -> {
      while (!done.get()) {
        newsroom.now = newsroom.now.plusMillis(150);
        site.now = newsroom.now;
        site.take(newsroom.anything());
        FEEDS.forEach(feedId -> site.take(newsroom.head(feedId)));
      }
    });
    busy.start();
    try {
      for (int walk = 0; walk < 8; walk++) {
        List<String> seen = new ArrayList<>();
        String next = path;
        while (!next.isEmpty()) {
          HttpResponse<String> page = site.get(next);
          seen.addAll(ids(page));
          next = json(page).path("next_url").asText();
        }
        assertThat(new HashSet<>(seen)).hasSameSizeAs(seen).containsAll(steady);
      }
    } finally {
      done.set(true);
      busy.join();
    }
  }

  // ---- archives ----

  @ParameterizedTest
  @ValueSource(strings = {"/feeds/all.atom", "/feeds/all.rss", "/feeds.atom?sections=world"})
  void archivesLeadBackToTheBeginningOverEveryArticleOnce(String current) throws Exception {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 700; i++) { // 620 of them on one day, more than a document takes
      Instant at = i < 30
          ? Samples.NINE.minusSeconds(i)
          : i < 650
              ? Samples.NINE.minusSeconds(86_400 * 3 + i * 7)
              : Samples.NINE.minusSeconds(86_400L * i);
      all.add("a" + i);
      publish("a" + i, "world", "article", at);
    }
    heads();

    List<String> seen = new ArrayList<>();
    Set<String> addresses = new HashSet<>();
    String next = current;
    while (!next.isEmpty()) {
      HttpResponse<String> response = site.get(next);
      assertThat(response.statusCode()).as(next).isEqualTo(200);
      assertThat(addresses.add(next)).isTrue();
      boolean archive = next.contains("/archive/");
      assertThat(response.body().contains("<fh:archive/>")).isEqualTo(archive);
      SyndFeed feed = new SyndFeedInput().build(new StringReader(response.body()));
      for (SyndEntry entry : feed.getEntries()) {
        seen.add(entry.getUri().replaceAll(".*:", ""));
      }
      if (archive) {
        assertThat(link(response.body(), "current")).contains("/feeds/all.");
      }
      next = link(response.body(), "prev-archive");
      if (archive && !next.isEmpty() && !next.contains("after=")) {
        // and forward again, where days are whole
        String forward = link(site.get(next).body(), "next-archive");
        assertThat(forward).isIn("", link(response.body(), "self"));
      }
    }

    assertThat(seen).isEqualTo(all);
  }

  private static String link(String xml, String relation) {
    var link = Pattern.compile("rel=\"" + relation + "\" type=\"[^\"]*\" href=\"([^\"]*)\"")
        .matcher(xml);
    return link.find() ? link.group(1).replace("&amp;", "&") : "";
  }

  @Test
  void archiveHonoursAWithdrawal() {
    publish("old", "world", "article", Samples.NINE.minusSeconds(86_400));
    publish("other", "world", "article", Samples.NINE.minusSeconds(86_401));
    heads();
    String path = "/feeds/all/archive/2026-03-01.json";
    HttpResponse<String> before = site.get(path);

    site.publish(Samples.withdrawn("old", "wrong"));

    HttpResponse<String> after = site.get(path, "If-None-Match", header(before, "ETag"));
    assertThat(ids(before)).containsExactly("old", "other");
    assertThat(ids(after)).containsExactly("other");
    assertThat(header(after, "Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void archivesOfNoDayAreNotThere() {
    heads();
    for (String day : List.of("2026-13-01", "today", "9999-01-01", "-999999999-01-01", "", "..")) {
      assertThat(site.get("/feeds/all/archive/" + day + ".atom").statusCode())
          .as(day)
          .isIn(400, 404);
    }
  }

  // ---- what is gone, and nonsense ----

  @Test
  void withdrawnArticleIsGoneInEveryFormat() {
    site.publish(Samples.published(
        Samples.article("a1")
            .setUrl("/2026/a1.html")
            .setAliases(List.of("/old"))
            .build(),
        Samples.NINE));
    assertThat(site.get("/old", "Accept", "text/plain").statusCode()).isIn(200, 301);

    site.publish(Samples.withdrawn("a1", "Legal advice"));

    for (String path : List.of(
        "/articles/a1", "/articles/a1.json", "/articles/a1.ninjs", "/2026/a1.html", "/old")) {
      HttpResponse<String> response = site.get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(410);
      assertThat(json(response).path("reason").asText()).isEqualTo("Legal advice");
      assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    }
    HttpResponse<String> page = site.get("/articles/a1", "Accept", "text/html");
    assertThat(page.statusCode()).isEqualTo(410);
    assertThat(page.body()).contains("Legal advice");
  }

  @Test
  void everyAddressSaysWhichMethodsItTakes() {
    heads();
    for (String path :
        List.of("/", "/feeds", "/feeds/all.rss", "/articles/x", "/search", "/health/live")) {
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
        HttpResponse<String> refused = site.send(method, path);
        assertThat(refused.statusCode()).as(method + path).isEqualTo(405);
        assertThat(header(refused, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(json(refused).path("status").asInt()).isEqualTo(405);
      }
      HttpResponse<String> options = site.send("OPTIONS", path);
      assertThat(options.statusCode()).isEqualTo(204);
      assertThat(header(options, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
      assertThat(header(options, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(header(options, "Access-Control-Allow-Credentials")).isEmpty();
    }
    assertThat(header(site.send("OPTIONS", "/subjects/x"), "Allow"))
        .isEqualTo("GET, HEAD, OPTIONS, POST");
    assertThat(header(site.send("HEAD", "/events"), "Allow")).isEqualTo("GET, OPTIONS");
  }

  /** Sends what no client library would. */
  private String raw(String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", site.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String asked(String target) throws Exception {
    return raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  @Test
  void brokenRequestsAreProblemsToo() throws Exception {
    assertThat(asked("/feeds?sections=%zz")).startsWith("HTTP/1.1 400");
    assertThat(asked("/feeds?sections=%C3%28")).startsWith("HTTP/1.1 400");
    assertThat(asked("/feeds/%zz")).startsWith("HTTP/1.1 400").contains("application/problem+json");
    assertThat(asked("/" + "a".repeat(9_000)))
        .contains("application/problem+json")
        .contains(" 414 ");
    assertThat(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(9_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("8192 bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingThatIsAskedMakesAMistakeOfOurs(long seed) throws Exception {
    publish("a1", "world", "article", Samples.NINE);
    heads();
    Random random = new Random(seed);
    List<String> parts = new ArrayList<>(List.of(
        "feeds",
        "articles",
        "search",
        "most-read",
        "now",
        "all",
        "archive",
        "2026-03-02",
        "a1",
        "section",
        "world",
        "subjects",
        "versions",
        "latest",
        "schemas",
        "ids",
        "1",
        "assets",
        "health",
        "media",
        "demo",
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "%00",
        "%zz",
        "%",
        "%C3%28",
        "%F0%9F",
        "all.json",
        "all.atom",
        "a1.ninjs",
        "\u00e4",
        "-1",
        "99999999999999999999",
        "",
        ";x=y",
        "curated",
        "openapi.json",
        "feeds.rss",
        "%3Cscript%3E",
        "[",
        "|",
        "\\",
        "'"));
    List<String> names = List.of(
        "after",
        "limit",
        "sections",
        "kinds",
        "topics",
        "persons",
        "feeds",
        "q",
        "from",
        "to",
        "sort",
        "scope",
        "edition",
        "section",
        "%zz",
        "",
        "utm_source",
        "related");
    for (int i = 0; i < 400; i++) {
      StringBuilder target = new StringBuilder();
      Collections.shuffle(parts, random);
      parts.subList(0, 1 + random.nextInt(4)).forEach(part -> target.append('/').append(part));
      for (int p = random.nextInt(4); p > 0; p--) {
        target
            .append(target.indexOf("?") < 0 ? '?' : '&')
            .append(names.get(random.nextInt(names.size())))
            .append('=')
            .append(parts.get(random.nextInt(parts.size())));
      }
      String accept = List.of("*/*", "text/html", "application/atom+xml", ";;q=x,", "\u0001")
          .get(random.nextInt(5));
      String answer = raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nAccept: " + accept
          + "\r\nIf-Modified-Since: " + parts.get(0) + "\r\nIf-None-Match: \"" + parts.get(1)
          + "\r\nConnection: close\r\n\r\n");
      assertThat(answer).as(target.toString()).matches("(?s)HTTP/1\\.1 [234].*");
      assertThat(answer).as(target.toString()).doesNotContain("Exception", "\tat ", "java.");
    }
  }
}
