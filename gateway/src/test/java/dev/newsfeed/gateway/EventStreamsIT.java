package dev.newsfeed.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /events} over real connections; records are given to it as the follower would. */
class EventStreamsIT {

  private static final int MAX = 6;
  private static final int MAX_PER_ADDRESS = 2;

  @TempDir
  Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private TestSite site;

  @BeforeEach
  void start() {
    site = new TestSite(directory, MAX, MAX_PER_ADDRESS);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private static PublishedArticle sport(String id) {
    Article article =
        Samples.article(id).setSection(new Label("sport", "Sport")).build();
    return Samples.published(article, Samples.NINE);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.port() + path));
  }

  private EventReader open(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    return EventReader.open(client, headers.length == 0 ? request : request.headers(headers));
  }

  private static List<String> names(EventReader reader, int events) throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      names.add(reader.next().name());
    }
    return names;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "windows=now,yesterday     | windows",
        "windows=NOW               | windows",
        "feeds=section/world,a%20b | feeds",
        "feeds=../etc              | feeds",
        "feeds=section/            | feeds",
        "related=a/b               | related",
        "edition=To%20kyo          | edition",
      })
  void whatCannotBeMeantIsRefusedByName(String query, String parameter) throws Exception {
    HttpResponse<String> response =
        client.send(request("/events?" + query).build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("\"detail\":\"" + parameter + ": ");
  }

  @Test
  void fiftyFeedsMayBeAskedForAndNoMore() throws Exception {
    String fifty =
        IntStream.range(0, 50).mapToObj(i -> "topic/t" + i).collect(Collectors.joining(","));
    try (EventReader reader = open("/events?feeds=" + fifty)) {
      assertThat(reader.status()).isEqualTo(200);
    }
    HttpResponse<String> more = client.send(
        request("/events?feeds=" + fifty + ",topic/x").build(), BodyHandlers.ofString());
    assertThat(more.statusCode()).isEqualTo(400);
    assertThat(more.body()).contains("feeds: names 51, but may name 50");
  }

  @Test
  void pagesOfOtherSitesMayReadAndResume() throws Exception {
    HttpResponse<Void> preflight = client.send(
        request("/events")
            .method("OPTIONS", BodyPublishers.noBody())
            .header("Origin", "https://other.example")
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "last-event-id")
            .build(),
        BodyHandlers.discarding());
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
        .hasValueSatisfying(allowed -> assertThat(allowed).contains("Last-Event-ID"));
    try (EventReader reader = open("/events", "Origin", "https://other.example")) {
      assertThat(reader.header("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(reader.header("Access-Control-Allow-Credentials")).isEmpty();
    }
  }

  @Test
  void headHasTheHeadersOfAStreamAndTakesNoPlace() throws Exception {
    for (int i = 0; i < 2 * MAX; i++) {
      HttpResponse<String> head = client.send(
          request("/events").method("HEAD", BodyPublishers.noBody()).build(),
          BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      assertThat(head.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
  }

  @Test
  void proxyThatClosesEachConnectionGetsTheStreamAllTheSame() throws Exception {
    try (Socket proxy = new Socket("127.0.0.1", site.port())) {
      String request = "GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
          + "Accept-Encoding: gzip\r\n\r\n";
      proxy.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = proxy.getInputStream();
      String read = "";
      while (!read.contains(": open")) {
        read += new String(new byte[] {(byte) in.read()}, StandardCharsets.US_ASCII);
      }
      assertThat(read).startsWith("HTTP/1.1 200").doesNotContain("Content-Encoding");
      site.publish(Samples.published("a1"));
      while (!read.contains("event: published")) {
        read += new String(new byte[] {(byte) in.read()}, StandardCharsets.US_ASCII);
      }
    }
  }

  @Test
  void readersAreToldDifferentTimesToComeBack() throws Exception {
    Set<String> retries = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      HttpResponse<InputStream> response =
          client.send(request("/events").build(), BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        String line = new String(in.readNBytes("retry: 1234\n".length()), StandardCharsets.UTF_8);
        assertThat(line).matches("retry: [1-4][0-9]{3}\n");
        retries.add(line);
      }
      await().until(() -> {
        site.publish(Samples.published("a1")); // a write is what shows that a reader has gone
        return streams() == 0;
      });
    }
    assertThat(retries).hasSizeGreaterThan(5);
  }

  private int streams() throws Exception {
    String health =
        client.send(request("/health/ready").build(), BodyHandlers.ofString()).body();
    return Integer.parseInt(health.replaceAll("(?s).*\"streams\":([0-9]+).*", "$1"));
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 203.0.113.8",
    "2001:db8:1:2::5, 2001:db8:1:3::5",
  })
  void addressMayHaveSoManyStreamsWhicheverProxyAsksForIt(String one, String other)
      throws Exception {
    String forwarded = "X-Forwarded-For";
    try (EventReader first = open("/events", forwarded, one);
        EventReader second = open("/events", forwarded, one)) {
      HttpResponse<String> third = client.send(
          request("/events").header(forwarded, "6.6.6.6, " + one).build(), BodyHandlers.ofString());
      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.body()).contains("your address has as many event streams as one may have");
      assertThat(Integer.parseInt(third.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(10, 39);
      try (EventReader elsewhere = open("/events", forwarded, other)) {
        assertThat(elsewhere.status()).isEqualTo(200);
      }
      assertThat(List.of(first.status(), second.status())).containsOnly(200);
    }
    await().untilAsserted(() -> {
      site.publish(Samples.published("a1"));
      try (EventReader again = open("/events", forwarded, one)) {
        assertThat(again.status()).isEqualTo(200);
      }
    });
  }

  @Test
  void oneHomeIsTheFirstHalfOfAnIpv6Address() throws Exception {
    try (EventReader first = open("/events", "X-Forwarded-For", "2001:db8:1:2::5");
        EventReader second = open("/events", "X-Forwarded-For", "2001:db8:1:2::6")) {
      HttpRequest third =
          request("/events").header("X-Forwarded-For", "2001:db8:1:2:ffff::1").build();
      assertThat(client.send(third, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
      assertThat(List.of(first.status(), second.status())).containsOnly(200);
    }
  }

  @Test
  void thereAreOnlySoManyStreamsInAll() throws Exception {
    List<EventReader> readers = new ArrayList<>();
    for (int i = 0; i < MAX; i++) {
      readers.add(open("/events", "X-Forwarded-For", "203.0.113." + i));
    }
    HttpResponse<String> more = client.send(
        request("/events").header("X-Forwarded-For", "203.0.113.99").build(),
        BodyHandlers.ofString());
    assertThat(more.statusCode()).isEqualTo(429);
    assertThat(more.headers().firstValue("Retry-After")).isPresent();
    assertThat(more.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    readers.forEach(EventReader::close);
  }

  @Test
  void unknownPlaceGetsResetSnapshotsTheLastSecondsListsAndThenTheTail() throws Exception {
    site.publish(sport("s1"));
    site.publish(Samples.published("w1"));
    site.publish(Samples.published("w2"));
    site.publish(Samples.withdrawn("w2", "wrong"));
    site.news.feed("section/sport", Samples.feed("section/sport", "Sport", sport("s1")));
    site.news.mostRead("now/section/sport", Samples.mostRead("now", "section/sport", "s1"));

    String path = "/events?feeds=section/sport,section/none&windows=now&lastEventId=other.17";
    try (EventReader reader = open(path)) {
      List<EventReader.Event> told = new ArrayList<>();
      while (told.stream().noneMatch(event -> event.name().equals("most-read"))) {
        told.add(reader.next());
      }
      // a reset has no id: whoever loses the connection before the snapshots have come starts anew
      assertThat(told.get(0).id()).isEmpty();
      assertThat(told.stream().map(EventReader.Event::name).distinct())
          .containsExactly("reset", "snapshot", "published", "withdrawn", "most-read");
      assertThat(told)
          .filteredOn(event -> event.name().equals("snapshot"))
          .extracting(EventReader.Event::data)
          .anySatisfy(data -> assertThat(data)
              .contains(
                  "\"feedId\":\"section/sport\"",
                  "\"articleId\":\"s1\"",
                  "/feeds/section/sport.json"))
          .anySatisfy(
              data -> assertThat(data).isEqualTo("{\"feedId\":\"section/none\",\"entries\":[]}"));
      assertThat(told).noneMatch(event -> event.data().contains("\"articleId\":\"w1\""));
      site.publish(sport("tail"));
      assertThat(reader.next().data()).contains("\"articleId\":\"tail\"");
    }
  }

  @Test
  void listsAreThoseOfTheEditionThatIsAskedFor() throws Exception {
    MostReadList tokyo = MostReadList.newBuilder(Samples.mostRead("today", "all", "a2"))
        .setEdition("tokyo")
        .build();
    try (EventReader own = open("/events?windows=today");
        EventReader other = open("/events?windows=today&edition=tokyo")) {
      site.news.mostRead("today/all", Samples.mostRead("today", "all", "a1"));
      site.news.mostRead("today/all@tokyo", tokyo);
      site.settle();

      assertThat(own.next().data()).contains("\"articleId\":\"a1\"", "\"edition\":\"\"");
      assertThat(other.next().data()).contains("\"articleId\":\"a2\"", "\"edition\":\"tokyo\"");
      site.publish(sport("after"));
      assertThat(own.next().data()).contains("\"articleId\":\"after\"");
      assertThat(other.next().data()).contains("\"articleId\":\"after\"");
    }
  }

  @Test
  void withdrawalReachesWhoFiltersSomethingElseNowAndWhenHeComesBack() throws Exception {
    site.publish(Samples.published("w1"));
    String path = "/events?feeds=section/sport&windows=";
    try (EventReader now = open(path)) {
      site.publish(Samples.withdrawn("w1", "wrong"));
      assertThat(now.next().name()).isEqualTo("withdrawn");
    }
    try (EventReader back = open(path, "Last-Event-ID", "t.1")) {
      assertThat(back.next().data()).contains("\"articleId\":\"w1\"", "\"reason\":\"wrong\"");
    }
    try (EventReader lost = open(path, "Last-Event-ID", "other.1")) {
      assertThat(names(lost, 3)).containsExactly("reset", "snapshot", "withdrawn");
    }
  }
}
