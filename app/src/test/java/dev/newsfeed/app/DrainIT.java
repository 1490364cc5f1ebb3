package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM, as a deployment sends it to one role after the other while news and readers come in: what was
 * begun is finished, what was answered is kept, another instance has the work at once, and each ends with
 * status 0.
 */
class DrainIT {

  private static final int EDITORS = 4;
  private static final int WORK = 40;

  /** A session, which is waited for where an instance does not say that it goes, has 10 s. */
  private static final Duration HANDED_OVER_WITHIN = Duration.ofSeconds(5);

  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Set<String> answeredClicks = ConcurrentHashMap.newKeySet();
  private final Set<String> onArticles = ConcurrentHashMap.newKeySet();
  private final Set<String> onClicks = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> published = new ConcurrentHashMap<>();
  private final Set<Integer> statuses = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Integer> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger number = new AtomicInteger();

  @Test
  void eachRoleFinishesWhatItHasBegun(@TempDir Path data) throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded();
        NewsroomProcesses newsroom = new NewsroomProcesses(cluster, "drain", data);
        TopicFollower follower = follow(newsroom)) {
      NewsfeedProcess intake = newsroom.startIntake();
      NewsfeedProcess first = newsroom.startStreams("first");
      newsroom.awaitRunning(first);
      NewsfeedProcess second = newsroom.startStreams("second");
      newsroom.awaitRunning(second);
      NewsfeedProcess gateway = newsroom.startGateway();
      IntakeClient desk = newsroom.desk();
      List<Repeated> work = new ArrayList<>();
      for (int editor = 0; editor < EDITORS; editor++) {
        work.add(new Repeated(Duration.ofMillis(50), () -> publishAndClick(desk)));
      }
      work.add(new Repeated(Duration.ofMillis(20), () -> ask(newsroom.intakeUrl())));
      awaitAccepted(WORK);

      jobsHandOver(first);
      aReaderIsSentAway(newsroom, gateway);
      awaitAccepted(WORK);
      assertThat(intake.stop()).as("%s", intake.lines()).isZero();
      for (Repeated each : work) {
        each.close();
      }

      assertThat(statuses).as("answers to editors").isSubsetOf(201, 204, 503);
      assertThat(ready).as("readiness").contains(200).doesNotContain(500);
      assertThat(follower.readUpToNow()).succeedsWithin(Duration.ofSeconds(20));
      assertThat(onArticles).containsAll(accepted);
      assertThat(onClicks).containsAll(answeredClicks);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(published.keySet()).containsAll(accepted));
      assertThat(published)
          .as("once each")
          .allSatisfy((id, times) -> assertThat(times).isOne());
      assertThat(second.stop()).isZero();
    }
  }

  private TopicFollower follow(NewsroomProcesses newsroom) {
    return TopicFollower.of(newsroom.kafka(), "drain")
        .on(newsroom.topics().articles, (place, article) -> onArticles.add(place.key()))
        .on(
            newsroom.topics().published,
            (place, article) -> published.merge(place.key(), 1, Integer::sum))
        .on(newsroom.topics().clicks, (place, click) -> {
          if (click != null && click.getEventId() != null) {
            onClicks.add(click.getEventId());
          }
        })
        .start();
  }

  private void publishAndClick(IntakeClient desk) {
    int n = number.incrementAndGet();
    String id = "drain-" + n;
    try {
      IntakeClient.Answer answer = desk.publish(JsonNodeFactory.instance
          .objectNode()
          .put("articleId", id)
          .put("version", 1)
          .put("headline", "Number " + n)
          .put("section", "world"));
      statuses.add(answer.status());
      if (answer.accepted()) {
        accepted.add(id);
      }
      IntakeClient.Answer clicked = desk.clicks(
          JsonNodeFactory.instance.objectNode().put("articleId", id).put("eventId", id),
          Reader.number(n));
      statuses.add(clicked.status());
      if (clicked.accepted()) {
        answeredClicks.add(id);
      }
    } catch (UnavailableException e) {
      // it is gone, and has promised nothing
    }
  }

  private void awaitAccepted(int more) {
    int before = accepted.size();
    await().atMost(Duration.ofSeconds(60)).until(() -> accepted.size() >= before + more);
  }

  private void ask(URI intake) throws InterruptedException {
    try {
      ready.add(HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(intake.resolve("/health/ready")).build(),
              BodyHandlers.discarding())
          .statusCode());
    } catch (IOException e) {
      // it is gone
    }
  }

  /** Who goes says so: nobody waits for a session to end, in whatever partition an article is. */
  private void jobsHandOver(NewsfeedProcess first) throws InterruptedException {
    int from = number.get();
    assertThat(first.stop()).as("%s", first.lines()).isZero();
    long stopped = System.nanoTime();
    awaitAccepted(WORK);
    Set<String> sent = acceptedAfter(from);
    await()
        .atMost(HANDED_OVER_WITHIN)
        .untilAsserted(() -> assertThat(published.keySet()).containsAll(sent));
    System.out.printf(
        "[drain] %d articles published %d ms after the end of an instance%n",
        sent.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stopped));
  }

  private Set<String> acceptedAfter(int from) {
    return IntStream.rangeClosed(from + 1, number.get())
        .mapToObj(n -> "drain-" + n)
        .filter(accepted::contains)
        .collect(Collectors.toSet());
  }

  /** Goes on at the next one from where the stream has ended, and misses nothing. */
  private void aReaderIsSentAway(NewsroomProcesses newsroom, NewsfeedProcess gateway)
      throws Exception {
    URI events = newsroom.gatewayUrl().resolve("/events");
    Set<String> wanted = new HashSet<>();
    List<EventStream.Event> told = new ArrayList<>();
    String lastEventId;
    try (EventStream reader = new EventStream(HttpClient.newHttpClient(), events, null)) {
      int from = number.get();
      awaitAccepted(WORK);

      assertThat(gateway.stop()).as("%s", gateway.lines()).isZero();
      newsroom.startGateway();
      awaitAccepted(WORK);
      wanted.addAll(acceptedAfter(from));
      told.addAll(reader.told());
      lastEventId = reader.lastEventId();
    }
    try (EventStream reader = new EventStream(HttpClient.newHttpClient(), events, lastEventId)) {
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
        List<EventStream.Event> all = new ArrayList<>(told);
        all.addAll(reader.told());
        assertThat(all).noneMatch(event -> event.name().equals("reset"));
        assertThat(wanted).allMatch(id -> all.stream().anyMatch(event -> event.isAbout(id)));
      });
    }
  }
}
