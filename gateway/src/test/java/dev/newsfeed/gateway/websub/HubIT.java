package dev.newsfeed.gateway.websub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Subscription;
import dev.newsfeed.gateway.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol between hub and subscribers over real connections. */
class HubIT {

  private static final String TOPIC = TestHub.SITE + "/feeds/all.json";
  private static final String RSS = TestHub.SITE + "/feeds/all.rss";

  @TempDir
  Path directory;

  private TestHub hub;
  private TestSubscriber site;

  @BeforeEach
  void start() {
    hub = new TestHub(directory);
    site = new TestSubscriber();
    hub.publish(Samples.published("a1"), Samples.published("a1"));
  }

  @AfterEach
  void stop() {
    hub.close();
    site.close();
  }

  private static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(assertion);
  }

  private HttpResponse<String> ask(String mode, TestSubscriber who, String topic, String... more)
      throws Exception {
    List<String> form =
        new ArrayList<>(List.of("hub.mode", mode, "hub.callback", who.url(), "hub.topic", topic));
    form.addAll(List.of(more));
    return hub.post(form.toArray(String[]::new));
  }

  private void subscribe(TestSubscriber who, String topic, String... more) throws Exception {
    int before = hub.kept.size();
    assertThat(ask("subscribe", who, topic, more).statusCode()).isEqualTo(202);
    soon(() -> assertThat(hub.kept).hasSize(before + 1));
  }

  private static PublishedArticle version(long version) {
    Article article = Samples.article("a1")
        .setVersion(version)
        .setHeadline("Headline " + version)
        .build();
    return Samples.published(article, Samples.NINE);
  }

  private void update(long version) {
    hub.publish(version(version), version(version));
  }

  @Test
  void subscriberIsAskedAndThenGetsTheDocumentThatAGetWouldGiveSigned() throws Exception {
    subscribe(site, TOPIC, "hub.secret", "s3cret", "hub.lease_seconds", "86400");
    TestSubscriber.Question question = site.questions.get(0);
    assertThat(question.rawQuery()).startsWith("site=1&hub.mode=subscribe&");
    assertThat(question.get("hub.topic")).isEqualTo(TOPIC);
    assertThat(question.get("hub.lease_seconds")).isEqualTo("86400");
    assertThat(question.get("hub.challenge")).hasSizeGreaterThan(20);
    assertThat(site.deliveries).as("nothing has changed").isEmpty();

    update(2);

    soon(() -> assertThat(site.deliveries).hasSize(1));
    TestSubscriber.Delivery delivery = site.deliveries.get(0);
    assertThat(delivery.body()).contains("Headline 2").isEqualTo(shown("/feeds/all.json"));
    assertThat(delivery.header("Content-type")).isEqualTo("application/feed+json");
    assertThat(delivery.header("Link"))
        .isEqualTo("<https://news.example/hub>; rel=\"hub\", <" + TOPIC + ">; rel=\"self\"");
    assertThat(delivery.header("X-hub-signature"))
        .isEqualTo("sha256=" + hmac("s3cret", delivery.body()));
  }

  private String shown(String path) {
    byte[] bytes = Objects.requireNonNull(hub.document(path)).bytes(false);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String hmac(String secret, String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whoDoesNotConfirmGetsNothing() throws Exception {
    site.confirms(false);
    assertThat(ask("subscribe", site, TOPIC).statusCode()).isEqualTo(202);
    soon(() -> assertThat(hub.tally().unverified.sum()).isEqualTo(1));

    try (TestSubscriber other = new TestSubscriber()) {
      subscribe(other, TOPIC);
      update(2);
      soon(() -> assertThat(other.deliveries).hasSize(1));
    }
    assertThat(hub.kept).hasSize(1);
    assertThat(site.deliveries).isEmpty();
  }

  @Test
  void withdrawalReachesSubscribersOfEveryFormat() throws Exception {
    PublishedArticle other = Samples.published("a2");
    hub.publish(other, other, Samples.published("a1"));
    for (String format : List.of("json", "rss", "atom")) {
      subscribe(site, TestHub.SITE + "/feeds/all." + format);
    }
    hub.publish(Samples.withdrawn("a1", "Legal advice"), other);

    soon(() -> assertThat(site.deliveries).hasSize(3));
    assertThat(site.deliveries)
        .allSatisfy(delivery -> assertThat(delivery.body())
            .contains("Headline of a2")
            .doesNotContain("Headline of a1", "Body of a1"));
    assertThat(site.deliveries)
        .extracting(delivery -> delivery.header("Content-type").split(";")[0])
        .containsExactlyInAnyOrder(
            "application/feed+json", "application/rss+xml", "application/atom+xml");
  }

  @Test
  void withdrawalReachesSubscribersOfFeedsThatItHasLeft() throws Exception {
    hub.publish(Samples.published("a1"), Samples.published("a1"));
    hub.news.feed("section/sport", Samples.feed("section/sport", "Sport"));
    subscribe(site, TestHub.SITE + "/feeds/section/sport.atom");

    hub.publish(PublishedArticle.newBuilder(Samples.withdrawn("a1", "Legal advice"))
        .setChangedAt(hub.clock.instant())
        .build());

    soon(() -> assertThat(site.deliveries).hasSize(1));
    assertThat(site.deliveries.get(0).body()).contains("deleted-entry").contains(":a1");
  }

  @Test
  void endOfASubscriptionIsConfirmedAsWell() throws Exception {
    subscribe(site, TOPIC);
    site.confirms(false); // somebody else would like to end it
    ask("unsubscribe", site, TOPIC);
    soon(() -> assertThat(hub.tally().unverified.sum()).isEqualTo(1));
    update(2);
    soon(() -> assertThat(site.deliveries).hasSize(1));

    site.confirms(true);
    ask("unsubscribe", site, TOPIC);
    soon(() -> assertThat(hub.kept).isEmpty());
    TestSubscriber.Question last = site.questions.get(2);
    assertThat(last.get("hub.mode")).isEqualTo("unsubscribe");
    assertThat(last.parameters()).doesNotContainKey("hub.lease_seconds");
    try (TestSubscriber other = new TestSubscriber()) {
      subscribe(other, TOPIC);
      update(3);
      soon(() -> assertThat(other.deliveries).hasSize(1));
    }
    assertThat(site.deliveries).hasSize(1);
  }

  @Test
  void subscriptionEndsWithItsLeaseUnlessItIsRenewed() throws Exception {
    subscribe(site, TOPIC, "hub.lease_seconds", "1"); // which is less than there is
    assertThat(site.questions.get(0).get("hub.lease_seconds")).isEqualTo("60");
    hub.clock.pass(Duration.ofSeconds(50));
    ask("subscribe", site, TOPIC, "hub.lease_seconds", "999999999999", "hub.secret", "new");
    soon(() -> assertThat(site.questions).hasSize(2));
    assertThat(site.questions.get(1).get("hub.lease_seconds")).isEqualTo("2592000");
    soon(() -> assertThat(hub.kept.values())
        .singleElement()
        .extracting(Subscription::getSecret)
        .isEqualTo("new"));

    hub.clock.pass(Duration.ofDays(29));
    update(2);
    soon(() -> assertThat(site.deliveries).hasSize(1));
    hub.clock.pass(Duration.ofDays(1));
    soon(() -> assertThat(hub.kept).isEmpty());
    assertThat(hub.tally().expired.sum()).isEqualTo(1);
  }

  @Test
  void whoFailsGetsTheNewestStateLater() throws Exception {
    subscribe(site, TOPIC);
    site.answers(TestSubscriber.status(503));
    update(2);
    soon(() -> assertThat(site.deliveries).hasSize(1));
    update(3);
    site.answers(TestSubscriber.status(204));
    soon(() -> assertThat(hub.kept.values())
        .singleElement()
        .extracting(Subscription::getFailures)
        .isEqualTo(1));

    hub.clock.pass(Duration.ofSeconds(2));

    soon(() -> assertThat(site.deliveries).hasSize(2));
    assertThat(site.deliveries.get(1).body()).contains("Headline 3");
    soon(() -> assertThat(hub.kept.values())
        .singleElement()
        .extracting(Subscription::getFailures)
        .isEqualTo(0));
  }

  @Test
  void whoSaysGoneIsAskedNoMoreAndWhoFailsForDaysNeither() throws Exception {
    subscribe(site, TOPIC);
    site.answers(TestSubscriber.status(410));
    update(2);
    soon(() -> assertThat(hub.kept).isEmpty());
    assertThat(hub.tally().gone.sum()).isEqualTo(1);

    subscribe(site, TOPIC);
    site.answers(TestSubscriber.status(404));
    update(3);
    soon(() -> assertThat(hub.tally().failed.sum()).isEqualTo(2));
    hub.clock.pass(Duration.ofDays(3));
    soon(() -> assertThat(hub.kept).isEmpty());
    assertThat(hub.tally().givenUp.sum()).isEqualTo(1);
  }

  @Test
  void redirectIsAFailureAndNotFollowed() throws Exception {
    try (TestSubscriber elsewhere = new TestSubscriber()) {
      subscribe(site, TOPIC);
      site.answers(exchange -> {
        exchange.getResponseHeaders().add("Location", elsewhere.url());
        exchange.sendResponseHeaders(307, -1);
      });
      update(2);
      soon(() -> assertThat(hub.tally().failed.sum()).isEqualTo(1));

      assertThat(elsewhere.deliveries).isEmpty();
      assertThat(elsewhere.questions).isEmpty();
    }
  }

  @Test
  void bodyOfTheAnswerIsNotReadToItsEnd() throws Exception {
    subscribe(site, TOPIC);
    CountDownLatch cut = new CountDownLatch(1);
    site.answers(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      byte[] chunk = new byte[64 << 10];
      try {
        for (int i = 0; i < 10_000; i++) {
          exchange.getResponseBody().write(chunk);
        }
      } catch (IOException e) {
        cut.countDown();
      }
    });
    update(2);

    soon(() -> assertThat(hub.tally().delivered.sum()).isEqualTo(1));
    soon(() -> assertThat(cut.getCount()).isZero());
  }

  @Test
  void whoAnswersNothingHoldsUpNobodyElse() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    site.answers(exchange -> end.await());
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"));
        TestSubscriber other = new TestSubscriber()) {
      for (String format : List.of("json", "rss", "atom")) {
        subscribe(site, TestHub.SITE + "/feeds/all." + format);
      }
      hub.post(
          "hub.mode",
          "subscribe",
          "hub.topic",
          TOPIC,
          "hub.callback",
          "http://127.0.0.2:" + deaf.getLocalPort() + "/");
      subscribe(other, TOPIC);
      for (int version = 2; version < 5; version++) {
        String headline = "Headline " + version;
        int sofar = version - 1;
        update(version);
        soon(() -> assertThat(other.deliveries).hasSize(sofar));
        assertThat(other.deliveries.get(sofar - 1).body()).contains(headline);
      }
      soon(() -> assertThat(hub.tally().failed.sum()).isGreaterThanOrEqualTo(3));
    } finally {
      end.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 9})
  void slowSubscriberNeverGetsAnOlderStateAfterANewerOne(long seed) throws Exception {
    Random random = new Random(seed);
    subscribe(site, TOPIC);
    site.answers(exchange -> {
      int what = random.nextInt(10);
      if (what == 0) {
        throw new IOException("hung up");
      }
      new CountDownLatch(1).await(random.nextInt(120), TimeUnit.MILLISECONDS);
      exchange.sendResponseHeaders(what < 3 ? 500 : 200, -1);
    });
    for (long version = 2; version < 60; version++) {
      update(version);
      hub.clock.pass(Duration.ofMillis(random.nextInt(600)));
      if (random.nextInt(4) == 0) {
        int before = site.deliveries.size();
        await().atMost(Duration.ofSeconds(15)).until(() -> {
          hub.clock.pass(Duration.ofMillis(200));
          return site.deliveries.size() > before || isUpToDate();
        });
      }
      if (random.nextInt(15) == 0) {
        hub.restart();
      }
    }
    site.answers(TestSubscriber.status(200));

    await().atMost(Duration.ofSeconds(15)).until(() -> {
      hub.clock.pass(Duration.ofMillis(500));
      return last(site).contains("Headline 59");
    });
    assertThat(versions(site)).as("seed %d", seed).isSorted();
  }

  private boolean isUpToDate() {
    String newest = Objects.requireNonNull(hub.document("/feeds/all.json")).hash();
    return hub.kept.values().stream().allMatch(kept -> newest.equals(kept.getDelivered()));
  }

  private static String last(TestSubscriber site) {
    return site.deliveries.isEmpty()
        ? ""
        : site.deliveries.get(site.deliveries.size() - 1).body();
  }

  private static List<Long> versions(TestSubscriber site) {
    Pattern headline = Pattern.compile("Headline ([0-9]+)");
    return site.deliveries.stream()
        .map(delivery -> {
          Matcher matcher = headline.matcher(delivery.body());
          return matcher.find() ? Long.parseLong(matcher.group(1)) : 0L;
        })
        .toList();
  }

  @Test
  void whatWasDueAtARestartIsDeliveredAfterItAndNothingElse() throws Exception {
    try (TestSubscriber done = new TestSubscriber()) {
      subscribe(site, TOPIC);
      subscribe(done, TOPIC);
      site.answers(TestSubscriber.status(500));
      update(2);
      soon(() -> assertThat(hub.tally().failed.sum()).isEqualTo(1));
      soon(() -> assertThat(hub.tally().delivered.sum()).isEqualTo(1));

      hub.restart();
      site.answers(TestSubscriber.status(200));
      hub.clock.pass(Duration.ofSeconds(3));

      soon(() -> assertThat(site.deliveries).hasSize(2));
      assertThat(last(site)).contains("Headline 2");
      assertThat(done.deliveries).hasSize(1);
    }
  }

  // ---- the door ----

  @ParameterizedTest
  @CsvSource({
    "hub.mode=publish,                                                hub.mode",
    "hub.mode=,                                                       hub.mode",
    "hub.callback=ftp://x.example/,                                   hub.callback",
    "hub.callback=http://u@x.example/,                                hub.callback",
    "hub.callback=http://10.0.0.1/,                                   public address",
    "hub.callback=http://[::1]/,                                      public address",
    "hub.callback=http://[::ffff:10.0.0.1]/,                          public address",
    "hub.callback=http://169.254.169.254/latest/meta-data,            public address",
    "hub.callback=http://1.1.1.1:25/,                                 port",
    "hub.topic=https://other.example/feeds/all.json,                  hub.topic",
    "hub.topic=https://news.example.evil.example/feeds/all.json,      hub.topic",
    "hub.topic=/feeds/all.json,                                       hub.topic",
    "hub.topic=https://news.example/feeds/none.json,                  no such feed",
    "hub.topic=https://news.example/feeds/all.json?limit=1,           parameters",
    "hub.topic=https://news.example/articles/a1,                      no such feed",
    "hub.lease_seconds=-1,                                            hub.lease_seconds",
    "hub.lease_seconds=ten,                                           hub.lease_seconds",
  })
  void whatCanBeSeenToBeWrongIsRefusedNamingTheField(String change, String named) throws Exception {
    List<String> form = new ArrayList<>(
        List.of("hub.mode", "subscribe", "hub.callback", site.url(), "hub.topic", TOPIC));
    String[] nameAndValue = change.split("=", 2);
    int at = form.indexOf(nameAndValue[0]);
    if (at >= 0) {
      form.set(at + 1, nameAndValue[1]);
    } else {
      form.addAll(List.of(nameAndValue));
    }

    HttpResponse<String> response = hub.post(form.toArray(String[]::new));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(named);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(site.questions).isEmpty();
  }

  @RepeatedTest(5)
  void formMustBeOneAndNotTooLarge() throws Exception {
    String form = "application/x-www-form-urlencoded";

    assertThat(hub.send(hub.request("{}", "application/json")).statusCode()).isEqualTo(415);
    assertThat(hub.send(hub.request("a=" + "x".repeat(70_000), form)).statusCode())
        .isEqualTo(413);
    String fields =
        IntStream.range(0, 200).mapToObj(i -> "a" + i + "=1").collect(Collectors.joining("&"));
    assertThat(hub.send(hub.request(fields, form)).statusCode()).isEqualTo(413);
    assertThat(hub.send(hub.request("hub.mode=%FF%FE", form)).statusCode()).isEqualTo(400);
    assertThat(hub.send(hub.request("", form)).body()).contains("hub.callback: is missing");
    assertThat(hub.post("hub.callback", "http://a.example", "hub.callback", "http://b.example")
            .body())
        .contains("hub.callback: is given more than once");
    assertThat(ask("subscribe", site, TOPIC, "hub.secret", "x".repeat(200)).body())
        .contains("hub.secret");
    assertThat(ask("subscribe", site, TOPIC, "hub.secret", "x".repeat(199)).statusCode())
        .isEqualTo(202);
  }

  @Test
  void hostIsAskedOnlySoOften() throws Exception {
    site.confirms(false);
    int accepted = 0;
    HttpResponse<String> response = ask("subscribe", site, TOPIC);
    // five a second are allowed meanwhile, so that a slow machine asks more often
    while (response.statusCode() == 202 && accepted < 3_000) {
      accepted++;
      response = ask("subscribe", site, accepted % 2 == 0 ? TOPIC : RSS);
    }
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    assertThat(accepted).isGreaterThanOrEqualTo(300);
  }

  @Test
  void hubThatIsFullSaysSoToTheCallback(@TempDir Path other) throws Exception {
    try (TestHub small = new TestHub(other, "127.0.0.0/8", null, 1)) {
      small.publish(Samples.published("a1"), Samples.published("a1"));
      for (String topic : List.of(TOPIC, RSS)) {
        small.post("hub.mode", "subscribe", "hub.callback", site.url(), "hub.topic", topic);
        soon(() -> assertThat(site.questions).hasSize(topic.equals(TOPIC) ? 1 : 2));
      }

      assertThat(site.questions.get(1).get("hub.mode")).isEqualTo("denied");
      assertThat(site.questions.get(1).get("hub.topic")).isEqualTo(RSS);
      assertThat(site.questions.get(1).get("hub.reason")).contains("all the subscriptions");
      assertThat(small.kept).hasSize(1);
    }
  }

  @Test
  void nameThatLeadsInsideLaterIsNotFollowedThere(@TempDir Path other) throws Exception {
    // public when the subscription is asked for, this machine when the hub connects
    var rebinding = PublicAddressesTest.answering("192.0.0.9", "127.0.0.1", "127.0.0.1");
    try (TestHub strict = new TestHub(other, "192.0.0.9", rebinding, Hub.MAX)) {
      strict.publish(Samples.published("a1"), Samples.published("a1"));
      String port = site.url().replaceAll(".*:([0-9]+)/.*", "$1");
      HttpResponse<String> response = strict.post(
          "hub.mode",
          "subscribe",
          "hub.topic",
          TOPIC,
          "hub.callback",
          "http://rebinding.example:" + port + "/");

      assertThat(response.statusCode()).isEqualTo(202);
      soon(() -> assertThat(strict.tally().unverified.sum()).isEqualTo(1));
      assertThat(site.questions).isEmpty();
      assertThat(strict.kept).isEmpty();
    }
  }
}
