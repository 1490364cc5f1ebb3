package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.producer.ArticlePublisher;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each event does to an article, seen from every side at once. Each test has a section, a topic
 * and a person of its own, in which the story stands between two neighbours:
 *
 * <pre>
 *                dated        reads
 * NAME-newer     1 h ago      1
 * NAME           2 h ago      3
 * NAME-older     3 h ago      2
 * </pre>
 *
 * Published, seen as a {@link Row}: {@code "published 1" | "newer STORY older" | "STORY=3 older=2
 * newer=1" | 200}.
 */
abstract class LifecycleSuite extends BrokerSuite {

  private static final String IN_PLACE = "newer STORY older";
  private static final String ON_TOP = "STORY newer older";
  private static final String OUT = "newer older";
  private static final String LISTED = "STORY=3 older=2 newer=1";
  private static final String UNLISTED = "older=2 newer=1";
  private static final int READS = 3;
  private static final Duration AGE = Duration.ofHours(2);
  private static final Duration RELEASED_WITHIN = Duration.ofSeconds(1);
  private static final List<String> WINDOWS = List.of("now", "today", "this-week");

  /** A subscriber to everything, and one to a feed in which no story ever is. */
  private EventStream everything;

  private EventStream elsewhere;

  @BeforeAll
  void subscribe() {
    everything = reading().events("");
    elsewhere = reading().events("?feeds=section/nowhere");
  }

  @AfterAll
  void unsubscribe() {
    if (elsewhere != null) {
      everything.close();
      elsewhere.close();
    }
  }

  @Test
  void embargoedArticleIsNowhereAndItsReadsCount() {
    Story story = new Story("embargoed").amongNeighbours();
    story.publish(
        1, a -> a.put("embargoedUntil", Instant.now().plusSeconds(3_600).toString()));
    story.isRead();
    story.nextIsPublishedAndRead();

    story.becomes(new Row("", OUT, UNLISTED, 404));

    story.publish(2, a -> a);
    story.becomes(new Row("published 2", IN_PLACE, LISTED, 200));
  }

  @Test
  void embargoEndsByTheClock() {
    Story story = new Story("embargo-over").amongNeighbours();
    Instant end = story.publishEmbargoed(1, Duration.ofSeconds(3));
    story.isRead();

    // dated before its embargo, so the embargo is its place
    story.becomes(new Row("published 1", ON_TOP, LISTED, 200));
    assertReleasedAt(end, story);
    assertThat(story.latest().getFeedTime()).isEqualTo(end);
    assertThat(story.latest().getFirstPublished()).isEqualTo(story.dated);
  }

  @Test
  void embargoThatIsExtendedEndsAtItsLastDate() {
    Story story = new Story("embargo-extended").amongNeighbours();
    Instant first = story.publishEmbargoed(1, Duration.ofSeconds(1));
    Instant last = story.publishEmbargoed(2, Duration.ofSeconds(4));
    story.isRead();

    story.becomes(new Row("", OUT, UNLISTED, 404));
    awaitClock(first.plusMillis(1_000));
    assertThat(story.row()).isEqualTo(new Row("", OUT, UNLISTED, 404));
    story.becomes(new Row("published 2", ON_TOP, LISTED, 200));
    assertReleasedAt(last, story);
  }

  @Test
  void embargoThatIsMovedForwardEndsAtItsLastDate() {
    Story story = new Story("embargo-moved").amongNeighbours();
    story.publishEmbargoed(1, Duration.ofHours(1));
    Instant last = story.publishEmbargoed(2, Duration.ofSeconds(2));
    story.isRead();

    story.becomes(new Row("published 2", ON_TOP, LISTED, 200));
    assertReleasedAt(last, story);
  }

  @Test
  void embargoThatIsLiftedEndsAtOnce() {
    Story story = new Story("embargo-lifted").amongNeighbours();
    story.publishEmbargoed(1, Duration.ofHours(1));
    story.isRead();
    story.publish(2, a -> a);

    story.becomes(new Row("published 2", IN_PLACE, LISTED, 200));
  }

  @Test
  void embargoOnAPublishedArticleTakesItBackUntilItsEnd() {
    Story story = new Story("embargo-late").published();

    Instant end = story.publishEmbargoed(2, Duration.ofSeconds(4));

    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 404));
    assertThat(Instant.now()).as("seen before its end").isBefore(end);
    story.becomes(new Row("published 1, withdrawn 2, published 2", ON_TOP, LISTED, 200));
    assertReleasedAt(end, story);
    assertThat(story.latest().getFeedTime()).isEqualTo(end);
  }

  @Test
  void embargoOnAPublishedArticleThatIsLiftedLetsItBackToItsPlace() {
    Story story = new Story("embargo-late-lifted").published();
    story.publishEmbargoed(2, Duration.ofHours(1));
    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 404));

    story.publish(3, a -> a);

    story.becomes(new Row("published 1, withdrawn 2, published 3", IN_PLACE, LISTED, 200));
  }

  @Test
  void embargoedArticleCanBeWithdrawnBeforeItsEnd() {
    Story story = new Story("embargo-killed").amongNeighbours();
    Instant end = story.publishEmbargoed(1, Duration.ofSeconds(2));
    story.withdraw(2);

    awaitClock(end.plusMillis(1_000));
    story.becomes(new Row("withdrawn 2", OUT, UNLISTED, 410));
  }

  @Test
  void publishedArticleIsInAtItsDate() {
    Story story = new Story("published").amongNeighbours();
    story.publish(1, a -> a);
    story.isRead();

    story.becomes(new Row("published 1", IN_PLACE, LISTED, 200));
    assertThat(story.latest().getFeedTime()).isEqualTo(story.dated);
    assertThat(story.latest().getFirstPublished()).isEqualTo(story.dated);
  }

  @Test
  void undatedArticleIsOnTop() {
    Story story = new Story("undated").amongNeighbours();
    story.publish(1, a -> a.without("firstPublished"));
    story.isRead();

    story.becomes(new Row("published 1", ON_TOP, LISTED, 200));
  }

  @Test
  void updatedArticleIsReplacedAndDoesNotMove() {
    Story story = new Story("updated").published();

    story.publish(2, a -> a.put("headline", "Told better"));

    story.becomes(new Row("published 1, updated 2", IN_PLACE, LISTED, 200));
    story.bearsTheHeadline("Told better");
  }

  @Test
  void correctedArticleKeepsAllItsCorrections() {
    Story story = new Story("corrected").published();

    story.publish(2, a -> corrected(a, "It was Tuesday"));
    story.publish(3, a -> corrected(a, "In Bonn, not Berlin"));
    story.publish(4, a -> a.put("headline", "Told better"));

    story.becomes(
        new Row("published 1, corrected 2, corrected 3, updated 4", IN_PLACE, LISTED, 200));
    story.bearsTheHeadline("Told better");
    assertThat(story.latest().getCorrections())
        .extracting(correction -> correction.getText())
        .containsExactly("It was Tuesday", "In Bonn, not Berlin");
    assertThat(story.item("section/corrected").at("/_newsfeed/correction/text").asText())
        .isEqualTo("In Bonn, not Berlin");
  }

  @Test
  void republishedArticleMovesToTheTopAndKeepsItsFirstDate() {
    Story story = new Story("republished").published();

    story.publish(2, a -> a.put("republish", true));

    story.becomes(new Row("published 1, updated 2", ON_TOP, LISTED, 200));
    assertThat(story.latest().getFirstPublished()).isEqualTo(story.dated);
  }

  @Test
  void republishedArticleIsYoungAgainInMostRead() {
    Instant lastMonth = Instant.now().minus(Duration.ofDays(30)).truncatedTo(ChronoUnit.MILLIS);
    Story story = new Story("old", lastMonth).amongNeighbours();
    story.publish(1, a -> a);
    story.isRead();
    story.becomes(new Row("published 1", "newer older STORY", UNLISTED, 200)); // over the age limit

    story.publish(2, a -> a.put("republish", true));

    story.becomes(new Row("published 1, updated 2", ON_TOP, LISTED, 200));
  }

  @Test
  void resectionedArticleIsInOneSectionAtItsOldTime() {
    Story story = new Story("resectioned").published();
    Story other = new Story("resectioned-to").amongNeighbours();

    story.publish(2, a -> a.put("section", "resectioned-to"));

    soon().untilAsserted(() -> {
      assertThat(story.history()).isEqualTo("published 1, updated 2");
      assertThat(story.orderIn("section/resectioned")).isEqualTo(OUT);
      assertThat(story.orderIn("topic/resectioned")).isEqualTo(IN_PLACE);
      assertThat(reading().feed("section/resectioned-to"))
          .containsExactly("resectioned-to-newer", "resectioned", "resectioned-to-older");
      assertThat(everything.names("resectioned")).containsExactly("published", "updated");
      for (String window : WINDOWS) {
        assertThat(story.mostRead(window)).as(window).isEqualTo(UNLISTED);
        assertThat(reading().mostRead(window, "section/resectioned-to"))
            .as(window)
            .containsExactly("resectioned=3", "resectioned-to-older=2", "resectioned-to-newer=1");
      }
      assertThat(story.status()).isEqualTo(200);
    });
    assertThat(other.history()).isEmpty();
  }

  @Test
  void withheldArticleIsOutUntilItIsUsableAgainAndItsReadsGoOn() {
    Story story = new Story("withheld").published();

    story.publish(2, a -> a.put("status", "withheld"));

    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 404));
    assertThat(story.latest().getArticle()).isNull();

    story.isReadByOneMore();
    story.publish(3, a -> a);

    story.becomes(
        new Row("published 1, withdrawn 2, published 3", IN_PLACE, "STORY=4 older=2 newer=1", 200));
  }

  @Test
  void withdrawnArticleIsOutForAll() {
    Story story = new Story("withdrawn").published();

    story.withdraw(2);

    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 410));
    assertThat(story.latest().getArticle()).isNull();
    assertThat(story.latest().getWithdrawal().getReason()).isEqualTo("It was not true");
    assertThat(reading().get("/articles/withdrawn").body()).contains("It was not true");
  }

  @Test
  void autosaveAfterAWithdrawalIsRefused() {
    Story story = new Story("autosaved").published();
    story.withdraw(2);
    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 410));

    story.publish(3, a -> a);

    soon()
        .until(() -> newsfeed().rejected().stream()
            .anyMatch(r -> r.getReason().equals("withdrawn") && "version".equals(r.getField())));
    story.nextIsPublishedAndRead();
    // the notice bears the highest number there is, as if the autosave had come before the
    // withdrawal
    story.becomes(new Row("published 1, withdrawn 2, withdrawn 3", OUT, UNLISTED, 410));
  }

  @Test
  void withdrawalBeforeItsArticleIsRemembered() {
    Story story = new Story("killed-first").amongNeighbours();
    story.withdraw(2);
    story.publish(1, a -> a);

    story.nextIsPublishedAndRead();
    story.becomes(new Row("withdrawn 2", OUT, UNLISTED, 410));
  }

  @Test
  void restoredArticleIsBackAtItsOldTimeWithItsTrueCount() {
    Story story = new Story("restored").published();
    story.withdraw(2);
    story.becomes(new Row("published 1, withdrawn 2", OUT, UNLISTED, 410));

    story.publish(3, a -> a.put("restore", true).without("firstPublished"));

    story.becomes(new Row("published 1, withdrawn 2, published 3", IN_PLACE, LISTED, 200));
    assertThat(story.latest().getFirstPublished()).isEqualTo(story.dated);
  }

  @Test
  void expiredArticleIsOutOfFeedsAndListsAndStaysReadable() {
    Story story = new Story("expired").amongNeighbours();
    Instant end = Instant.now().plusSeconds(4).truncatedTo(ChronoUnit.MILLIS);
    story.publish(1, a -> a.put("expires", end.toString()));
    story.isRead();
    story.becomes(new Row("published 1", IN_PLACE, LISTED, 200));

    story.becomes(new Row("published 1, expired 1", OUT, UNLISTED, 200));

    assertThat(story.latest().getChangedAt()).isBetween(end, end.plus(RELEASED_WITHIN));
    assertThat(story.latest().getExpired()).isTrue();
    assertThat(story.latest().getArticle()).isNotNull();

    story.publish(2, a -> a.without("expires"));
    story.becomes(new Row("published 1, expired 1, published 2", IN_PLACE, LISTED, 200));
  }

  @Test
  void clickByAFormerAddressCountsForTheArticle() {
    Story story = new Story("moved").amongNeighbours();
    story.publish(1, a -> a.put("url", "https://news.example/moved/first"));
    story.becomes(new Row("published 1", IN_PLACE, UNLISTED, 200));

    story.publish(2, a -> {
      a.putArray("aliases").add("https://news.example/moved/first");
      return a.put("url", "https://news.example/moved/second");
    });
    story.becomes(new Row("published 1, updated 2", IN_PLACE, UNLISTED, 200));
    click("https://news.example/moved/first", Reader.number(1));
    click("https://news.example/moved/second", Reader.number(2));
    click("https://news.example/moved/first/?from=letter#top", Reader.number(3));

    story.becomes(new Row("published 1, updated 2", IN_PLACE, LISTED, 200));
    assertThat(story.item("section/moved").path("url").asText())
        .isEqualTo("https://news.example/moved/second");
    assertThat(reading()
            .get("/most-read/now?scope=section/moved")
            .json()
            .at("/entries/0/url")
            .asText())
        .isEqualTo("https://news.example/moved/second");
  }

  @Test
  void versionsInAnyOrderEndAtTheHighest() {
    List<List<Integer>> orders = List.of(
        List.of(1, 2, 3),
        List.of(1, 3, 2),
        List.of(2, 1, 3),
        List.of(2, 3, 1),
        List.of(3, 1, 2),
        List.of(3, 2, 1));
    Map<Story, List<Integer>> stories = new LinkedHashMap<>();
    for (List<Integer> order : orders) {
      String name =
          order.stream().map(String::valueOf).collect(Collectors.joining("", "order-", ""));
      stories.put(new Story(name), order);
    }

    stories.forEach((story, order) -> order.forEach(
        version -> story.publish(version, a -> a.put("headline", "Told " + version))));
    stories.keySet().forEach(Story::nextIsPublished);

    stories.forEach((story, order) -> {
      story.bearsTheHeadline("Told 3");
      assertThat(newsfeed().published(story.id))
          .as("versions told of %s", order)
          .extracting(PublishedArticle::getVersion)
          .isSorted()
          .doesNotHaveDuplicates()
          .endsWith(3L);
      assertThat(everything.names(story.id))
          .as("events of %s", order)
          .hasSameSizeAs(newsfeed().published(story.id));
    });
  }

  @Test
  void removalFromAFullHeadBringsTheNextEntryIn() {
    List<String> ids = IntStream.range(0, 102).mapToObj("full-%03d"::formatted).toList();
    Instant newest = Instant.now().minus(AGE).truncatedTo(ChronoUnit.MILLIS);
    try (ArticlePublisher publisher = new ArticlePublisher(
        newsfeed().settings().kafka(), newsfeed().settings().topics())) {
      for (int i = 0; i < ids.size(); i++) {
        var unused = publisher.publish(Article.newBuilder()
            .setArticleId(ids.get(i))
            .setVersion(1)
            .setHeadline("One of many")
            .setSection(new Label("full", "Full"))
            .setFirstPublished(newest.minusSeconds(i))
            .build());
      }
    }
    soon().until(() -> head("section/full").equals(ids.subList(0, 100)));

    assertThat(intake().withdraw("full-050", 2, "It was not true").status()).isEqualTo(201);
    publish(draft("full-000", "full", 2, newest).put("status", "withheld"));

    List<String> left =
        ids.stream().filter(id -> !Set.of("full-000", "full-050").contains(id)).toList();
    soon().untilAsserted(() -> {
      assertThat(head("section/full")).isEqualTo(left);
      assertThat(reading().wholeFeed("section/full")).isEqualTo(left);
    });
  }

  private List<String> head(String feedId) {
    Feed head = newsfeed().head(feedId);
    return head == null
        ? List.of()
        : head.getEntries().stream().map(FeedEntry::getArticleId).toList();
  }

  /** Seen by the job's clock and by a subscriber's, never before its time. */
  private void assertReleasedAt(Instant end, Story story) {
    assertThat(story.latest().getChangedAt()).isBetween(end, end.plus(RELEASED_WITHIN));
    List<EventStream.Event> told = everything.told("published", story.id);
    assertThat(told.get(told.size() - 1).at()).isBetween(end, end.plus(RELEASED_WITHIN));
  }

  private static void awaitClock(Instant moment) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> Instant.now().isAfter(moment));
  }

  private void click(String url, Reader reader) {
    ObjectNode click = JsonNodeFactory.instance.objectNode().put("url", url);
    assertThat(intake().clicks(click, reader).accepted()).isTrue();
  }

  private static ObjectNode corrected(ObjectNode article, String text) {
    article.putObject("correction").put("text", text).put("at", "2026-01-02T03:04:05Z");
    return article;
  }

  private static ObjectNode draft(String id, String place, long version, Instant dated) {
    ObjectNode draft = JsonNodeFactory.instance.objectNode();
    draft
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Headline of " + id)
        .put("lead", "What happened, in a sentence.")
        .put("bodyHtml", "<p>More of it.</p>")
        .put("section", place)
        .put("firstPublished", dated.toString());
    draft.putArray("topics").add(place);
    draft.putArray("persons").add(place);
    return draft;
  }

  /** What an event makes of an article before it is sent. */
  private interface Edit {
    JsonNode of(ObjectNode article);
  }

  /**
   * A row of the table "what each event does", as it was seen.
   *
   * @param published everything ever said on {@code published}: {@code published 1, updated 2}; each
   *     of these was told to subscribers, once and in this order
   * @param feeds the story and its neighbours in the order of all feeds they share
   * @param mostRead the same in all windows of the section's list, with reads
   * @param http the status of its page and of its JSON
   */
  private record Row(String published, String feeds, String mostRead, int http) {}

  private final class Story {
    private final String id;
    private final Instant dated;

    Story(String name) {
      this(name, Instant.now().minus(AGE).truncatedTo(ChronoUnit.MILLIS));
    }

    Story(String name, Instant dated) {
      this.id = name;
      this.dated = dated;
    }

    Story amongNeighbours() {
      Instant now = Instant.now();
      LifecycleSuite.this.publish(draft(id + "-newer", id, 1, now.minus(AGE).plusSeconds(3_600)));
      LifecycleSuite.this.publish(draft(id + "-older", id, 1, now.minus(AGE).minusSeconds(3_600)));
      intake().click(id + "-newer", Reader.number(1));
      intake().click(id + "-older", Reader.number(1));
      intake().click(id + "-older", Reader.number(2));
      return this;
    }

    /** Among its neighbours, seen and read. */
    Story published() {
      amongNeighbours();
      publish(1, a -> a);
      isRead();
      becomes(new Row("published 1", IN_PLACE, LISTED, 200));
      return this;
    }

    void publish(long version, Edit edit) {
      LifecycleSuite.this.publish((ObjectNode) edit.of(draft(id, id, version, dated)));
    }

    /** Returns the moment at which it may be seen. */
    Instant publishEmbargoed(long version, Duration fromNow) {
      Instant until = Instant.now().plus(fromNow).truncatedTo(ChronoUnit.MILLIS);
      publish(version, a -> a.put("embargoedUntil", until.toString()));
      return until;
    }

    void withdraw(long version) {
      assertThat(intake().withdraw(id, version, "It was not true").status()).isEqualTo(201);
    }

    void isRead() {
      for (int n = 1; n <= READS; n++) {
        intake().click(id, Reader.number(n));
      }
    }

    void isReadByOneMore() {
      intake().click(id, Reader.number(READS + 1));
    }

    /**
     * Waits until another article has come out everywhere that was sent after all that concerns this
     * one, on the same partitions: what has not been seen by then has not happened.
     */
    void nextIsPublishedAndRead() {
      String next = nextIsPublished();
      intake().click(next, Reader.number(1));
      soon()
          .untilAsserted(
              () -> assertThat(reading().mostRead("now", "section/" + id)).contains(next + "=1"));
    }

    /** The same without readers; returns the other article's id. */
    String nextIsPublished() {
      String next = Stream.iterate(1, n -> n + 1)
          .map(n -> "after-" + id + "-" + n)
          .filter(other -> partition(other) == partition(id))
          .findFirst()
          .orElseThrow();
      LifecycleSuite.this.publish(draft(next, id, 1, Instant.now()));
      soon().untilAsserted(() -> {
        assertThat(reading().feed("section/" + id)).contains(next);
        assertThat(everything.names(next)).containsExactly("published");
      });
      return next;
    }

    private int partition(String key) {
      return BuiltInPartitioner.partitionForKey(
          key.getBytes(UTF_8), newsfeed().settings().topics().articles.partitions());
    }

    void becomes(Row expected) {
      soon().untilAsserted(() -> assertThat(row()).isEqualTo(expected));
      assertToldOnce();
    }

    void bearsTheHeadline(String headline) {
      soon().untilAsserted(() -> {
        assertThat(item("section/" + id).path("title").asText()).isEqualTo(headline);
        for (String surface : List.of(
            "/feeds/section/" + id + ".rss", "/feeds/section/" + id + ".atom", "/articles/" + id)) {
          assertThat(reading().get(surface).body()).as(surface).contains(headline);
        }
        assertThat(reading().get("/articles/" + id, "Accept", "text/html").body())
            .contains(headline);
        for (JsonNode entry :
            reading().get("/most-read/now?scope=section/" + id).json().path("entries")) {
          if (entry.path("articleId").asText().equals(id)) {
            assertThat(entry.path("headline").asText()).isEqualTo(headline);
          }
        }
      });
    }

    Row row() {
      Set<String> orders = new TreeSet<>();
      for (String feed :
          List.of("section/" + id, "topic/" + id, "person/" + id, "all", "kind/article")) {
        orders.add(orderIn(feed));
      }
      Set<String> lists = new TreeSet<>();
      WINDOWS.forEach(window -> lists.add(mostRead(window)));
      return new Row(history(), String.join(" or ", orders), String.join(" or ", lists), status());
    }

    String history() {
      return newsfeed().published(id).stream()
          .map(record -> record.getChange() + " " + record.getVersion())
          .collect(Collectors.joining(", "));
    }

    PublishedArticle latest() {
      List<PublishedArticle> all = newsfeed().published(id);
      return all.get(all.size() - 1);
    }

    /** The same on the topic as over HTTP, where sections are concerned in every format. */
    String orderIn(String feedId) {
      String http = named(reading().wholeFeed(feedId));
      List<String> others = new ArrayList<>();
      if (!feedId.equals("all") && !feedId.startsWith("kind/")) {
        others.add(named(head(feedId)));
        others.add(named(mentioned("/feeds/" + feedId + ".rss")));
        others.add(named(mentioned("/feeds/" + feedId + ".atom")));
      }
      others.removeIf(http::equals);
      return others.isEmpty() ? http : http + " but elsewhere " + others;
    }

    /** The ids of this story and its neighbours in the order in which a body mentions them. */
    private List<String> mentioned(String path) {
      String body = reading().get(path).body();
      Map<Integer, String> found = new TreeMap<>();
      for (String one : List.of(id, id + "-newer", id + "-older")) {
        int at = body.indexOf(":" + one + "<"); // the end of a guid
        if (at >= 0) {
          found.put(at, one);
        }
      }
      return List.copyOf(found.values());
    }

    String mostRead(String window) {
      return named(reading().mostRead(window, "section/" + id));
    }

    int status() {
      int json = reading().get("/articles/" + id).status();
      int page = reading().get("/articles/" + id, "Accept", "text/html").status();
      return json == page ? json : -1;
    }

    JsonNode item(String feedId) {
      for (JsonNode item : reading().get("/feeds/" + feedId + ".json").json().path("items")) {
        if (item.at("/_newsfeed/articleId").asText().equals(id)) {
          return item;
        }
      }
      return JsonNodeFactory.instance.missingNode();
    }

    /** Subscribers hear of every change exactly once; of a withdrawal whatever they filter. */
    private void assertToldOnce() {
      soon().untilAsserted(() -> {
        List<String> names = new ArrayList<>();
        for (PublishedArticle record : newsfeed().published(id)) {
          boolean again = !names.isEmpty() && names.get(names.size() - 1).equals("withdrawn");
          String name = record.getChange().toString();
          if (!again || !name.equals("withdrawn")) { // a repeated notice is no news
            names.add(name);
          }
        }
        assertThat(everything.names(id)).isEqualTo(names);
        assertThat(elsewhere.names(id))
            .isEqualTo(names.stream().filter("withdrawn"::equals).toList());
      });
    }

    /** Of ids, with or without reads, those of this story and its neighbours by their role. */
    private String named(List<String> ids) {
      return ids.stream()
          .filter(one -> one.matches("\\Q" + id + "\\E(-newer|-older)?(=[0-9]+)?"))
          .map(one -> one.replaceFirst("^\\Q" + id + "\\E", "STORY").replace("STORY-", ""))
          .collect(Collectors.joining(" "));
    }
  }
}
