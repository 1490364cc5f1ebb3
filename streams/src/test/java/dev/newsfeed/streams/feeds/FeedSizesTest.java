package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.CuratedState;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.Picked;
import dev.newsfeed.avro.state.Picks;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.schemas.CuratedRules;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** No valid article is too large for any record it gets into, and no feed too long. */
class FeedSizesTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  /** What brokers take where nobody has said otherwise. */
  private static final int BROKER_DEFAULT = 1024 * 1024;

  /** As long as the rules allow, in letters of three bytes. */
  private static String text(int length) {
    return "見".repeat(length);
  }

  private static List<Label> labels(String prefix) {
    return IntStream.range(0, 100)
        .mapToObj(i -> new Label(prefix + "x".repeat(97) + (10 + i % 90), text(200)))
        .toList();
  }

  private static Article largest(String id) {
    Article article = Article.newBuilder()
        .setArticleId(id)
        .setVersion(Long.MAX_VALUE)
        .setHeadline(text(500))
        .setShortHeadline(text(500))
        .setLead(text(10_000))
        .setUrl("https://o.example/" + text(1_900))
        .setSection(new Label("s" + "x".repeat(99), text(200)))
        .setExtraSections(labels("s"))
        .setTopics(labels("t"))
        .setPersons(labels("p"))
        .setUrgency(9)
        .setLanguage(text(500))
        .setByline(text(500))
        .setSource(text(500))
        .setPhotos(List.of(new Photo(
            "https://o.example/" + text(1_900), 1, 1, text(10_000), text(500), text(10_000))))
        .setCorrection(new Correction(text(10_000), NOON))
        .build();
    assertThat(ArticleRules.problems(article)).isEmpty();
    return article;
  }

  /** The largest article that the rules let through. */
  static PublishedArticle shown(String id) {
    Article article = largest(id);
    return PublishedArticle.newBuilder(published(article, NOON))
        .setCorrections(List.of(article.getCorrection()))
        .build();
  }

  private static <T extends SpecificRecord> int bytes(Class<T> type, T value) {
    AvroSerde<T> serde = TOPICS.serde(type);
    return serde.write("state", value).length;
  }

  @Test
  void largestArticleFitsEveryRecordThatTheJobMakesOfIt() {
    PublishedArticle published = shown("a".repeat(200));

    Placing.Places places = Placing.of(published, null);

    assertThat(bytes(Memberships.class, places.memberships())).isLessThan(BROKER_DEFAULT);
    assertThat(places.changes().values())
        .allMatch(change -> bytes(EntryChange.class, change) < BROKER_DEFAULT);
  }

  @Test
  void largestListFitsEveryRecordThatTheJobMakesOfIt() {
    List<CuratedEntry> links = new ArrayList<>();
    for (int i = 0; i < CuratedRules.MAX_ENTRIES; i++) {
      String url = "https://o.example/" + i + "/" + text(1_900);
      links.add(new CuratedEntry(null, new MediaLink(text(500), url, text(500))));
    }
    CuratedFeed list =
        new CuratedFeed("curated/" + "x".repeat(100), text(500), links, text(500), NOON);
    assertThat(CuratedRules.problems(list)).isEmpty();
    Picking.Step step = Picking.of(list.getFeedId(), list, "x".repeat(64), NOON, null);
    int internal = 4 * 1024 * 1024;

    assertThat(bytes(EntryChange.class, change(step))).isLessThan(BROKER_DEFAULT);
    assertThat(bytes(CuratedState.class, new CuratedState(step.list(), step.list())))
        .isLessThan(internal);
    Picks most = new Picks(1L, "x".repeat(64), manyPicks());
    assertThat(bytes(Picks.class, most)).isLessThan(BROKER_DEFAULT);
  }

  private static List<Picked> manyPicks() {
    return IntStream.range(0, Picking.REMEMBERED)
        .mapToObj(i -> new Picked("a".repeat(200), Long.MAX_VALUE, Long.MAX_VALUE))
        .toList();
  }

  private static EntryChange change(Picking.Step step) {
    return EntryChange.newBuilder().setArticleId("").setList(step.list()).build();
  }

  @Test
  void sizeIsNeverTakenForLessThanItIs() {
    FeedEntry largest = FeedEntries.of(shown("a")).orElseThrow();
    FeedEntry usual = FeedEntry.newBuilder(largest)
        .setLead("What happened, in a sentence.")
        .setExtraSections(List.of())
        .setTopics(List.of(new Label("trade", "Trade")))
        .setPersons(List.of())
        .setPhoto(null)
        .setCorrection(null)
        .build();

    for (FeedEntry entry : List.of(largest, usual)) {
      assertThat(EncodedSize.atMost(entry))
          .isGreaterThanOrEqualTo(bytes(FeedEntry.class, entry))
          .isLessThan(bytes(FeedEntry.class, entry) * 5 / 4 + 400);
    }
  }
}
