package dev.newsfeed.gateway.news;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.FeedEntries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadAlsoTest {

  private static final List<Label> NOTHING = List.of();

  @TempDir
  Path directory;

  private Archive archive;
  private News news;
  private long offset;
  private long clockS;

  @BeforeEach
  void open() {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
  }

  @AfterEach
  void close() {
    archive.close();
  }

  private void publish(PublishedArticle record) {
    news.published(0, offset++, record.getArticleId(), record);
  }

  private PublishedArticle publish(Article.Builder article) {
    PublishedArticle record = Samples.published(article.build(), Samples.NINE);
    publish(record);
    return record;
  }

  private void settle() {
    news.batchDone(Samples.NINE.plusSeconds(clockS++));
  }

  /** An article of its own section and words, without topics and persons. */
  private static Article.Builder plain(String id, String body) {
    return Samples.article(id)
        .setHeadline(id)
        .setLead(null)
        .setBodyHtml("<p>" + body + "</p>")
        .setSection(new Label("section-" + id, id))
        .setTopics(NOTHING);
  }

  private static Label label(String slug) {
    return new Label(slug, slug);
  }

  private List<String> readAlso(String id) {
    return list(id).stream().map(other -> other.entry().getArticleId()).toList();
  }

  private List<ReadAlso> list(String id) {
    Article article = archive.find(id).orElseThrow().getArticle();
    assertThat(article).isNotNull();
    return news.readAlso(article, Samples.NINE);
  }

  @Test
  void editorsChoiceComesFirstAndInHerOrder() {
    publish(Samples.article("a1").setReadAlso(List.of("c", "unknown", "a1", "b", "c")));
    for (String id : List.of("b", "c", "related")) {
      publish(Samples.article(id));
    }
    settle();

    assertThat(readAlso("a1")).containsExactly("c", "b", "related");
    assertThat(list("a1").get(0).why()).containsExactly("editor");
    assertThat(list("a1").get(2).why()).containsExactly("section/world", "topic/trade");
  }

  @Test
  void chosenArticleThatComesLaterAppearsInItsPlace() {
    publish(plain("a1", "x").setReadAlso(List.of("late", "b")));
    publish(plain("b", "y"));
    settle();
    assertThat(readAlso("a1")).containsExactly("b");

    publish(plain("late", "z"));

    assertThat(readAlso("a1")).containsExactly("late", "b");
  }

  @Test
  void personTopicOrThreeWordsBringArticlesTogetherAndASectionAloneDoesNot() {
    publish(plain("a1", "zinc quota tariff embargo")
        .setPersons(List.of(label("ada")))
        .setTopics(List.of(label("trade")))
        .setSection(label("world")));
    publish(plain("same-person", "p").setPersons(List.of(label("ada"))));
    publish(plain("same-topic", "t").setTopics(List.of(label("trade"))));
    publish(plain("same-words", "tariff on zinc: a quota"));
    publish(plain("two-words", "tariff on zinc"));
    publish(plain("same-section", "s").setSection(label("world")));
    settle();

    assertThat(readAlso("a1")).containsExactlyInAnyOrder("same-person", "same-topic", "same-words");
    Map<String, List<String>> why = new HashMap<>();
    list("a1").forEach(other -> why.put(other.entry().getArticleId(), other.why()));
    assertThat(why)
        .containsEntry("same-person", List.of("person/ada"))
        .containsEntry("same-topic", List.of("topic/trade"))
        .containsEntry("same-words", List.of("words"));
  }

  @Test
  void rarePersonSaysMoreThanACommonTopic() {
    List<Label> trade = List.of(label("trade"));
    IntStream.range(0, 40).forEach(i -> publish(plain("topic" + i, "t" + i).setTopics(trade)));
    publish(plain("person", "p").setPersons(List.of(label("ada"))));
    publish(plain("a1", "x").setTopics(trade).setPersons(List.of(label("ada"))));
    settle();

    assertThat(archive.related(article("a1"), Set.of(), Samples.NINE, 1)).containsExactly("person");
  }

  private Article article(String id) {
    Article article = archive.find(id).orElseThrow().getArticle();
    assertThat(article).isNotNull();
    return article;
  }

  @Test
  void ofEquallyNearArticlesTheNewestAreTakenThenThoseOfTheLowerId() {
    List<String> ids =
        new ArrayList<>(IntStream.range(100, 140).mapToObj(i -> "n" + i).toList());
    Collections.shuffle(ids, new Random(3));
    for (String id : ids) {
      Instant time = id.compareTo("n130") < 0 ? Samples.NINE : Samples.NINE.plusSeconds(60);
      publish(Samples.published(
          Samples.article(id).setHeadline("x").setLead("").setBodyHtml("").build(), time));
      if (id.endsWith("7")) {
        settle(); // several segments: the order of documents is not that of ids
      }
    }
    publish(Samples.article("a1"));
    settle();

    assertThat(readAlso("a1"))
        .isEqualTo(IntStream.range(130, 140).mapToObj(i -> "n" + i).toList());
  }

  @Test
  void whatIsChangedOrGoneShowsBeforeTheArchiveIsRefreshed() {
    publish(Samples.article("a1"));
    for (String id : List.of("b", "c", "d", "e")) {
      publish(Samples.article(id));
    }
    settle();
    assertThat(readAlso("a1")).containsExactly("b", "c", "d", "e");

    publish(Samples.withdrawn("b", "wrong"));
    publish(PublishedArticle.newBuilder(Samples.withdrawn("c", ""))
        .setStatus(Status.withheld)
        .build());
    publish(PublishedArticle.newBuilder(Samples.published("d")).setExpired(true).build());
    publish(Samples.article("e").setVersion(2).setHeadline("New headline"));

    assertThat(list("a1"))
        .extracting(other -> other.entry().getHeadline())
        .containsExactly("New headline");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void listHoldsWhatMayBeListedOnceAndNeverTheArticleItself(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      publish(anyRecord(random, i));
      if (random.nextInt(40) == 0) {
        settle();
      }
      if (i % 10 == 0) {
        check(seed, "a" + random.nextInt(40));
      }
    }
  }

  private void check(long seed, String id) {
    Article article = archive.find(id).map(PublishedArticle::getArticle).orElse(null);
    if (article == null) {
      return;
    }
    List<String> shown = readAlso(id);
    List<String> chosen = article.getReadAlso().stream()
        .filter(other -> !other.equals(id) && isListed(other))
        .distinct()
        .limit(10)
        .toList();

    assertThat(shown).as("seed %d", seed).doesNotHaveDuplicates().doesNotContain(id);
    assertThat(shown).as("seed %d", seed).hasSizeLessThanOrEqualTo(10).allMatch(this::isListed);
    assertThat(shown.subList(0, chosen.size())).as("seed %d", seed).isEqualTo(chosen);
    assertThat(readAlso(id)).as("seed %d, again", seed).isEqualTo(shown);
    assertThat(list(id).stream().skip(chosen.size()).map(other -> other.entry().getFeedTime()))
        .as("seed %d", seed)
        .isSortedAccordingTo(Collections.reverseOrder());
  }

  private boolean isListed(String id) {
    return archive.find(id).map(found -> !FeedEntries.feedsOf(found).isEmpty()).orElse(false);
  }

  private static PublishedArticle anyRecord(Random random, int version) {
    String id = "a" + random.nextInt(40);
    int fate = random.nextInt(12);
    if (fate < 2) {
      return PublishedArticle.newBuilder(Samples.withdrawn(id, "wrong"))
          .setStatus(fate == 0 ? Status.canceled : Status.withheld)
          .build();
    }
    Article article = Samples.article(id)
        .setVersion(version + 1L)
        .setTopics(List.of(label("t" + random.nextInt(5))))
        .setPersons(random.nextBoolean() ? NOTHING : List.of(label("p" + random.nextInt(9))))
        .setReadAlso(
            random.ints(random.nextInt(5), 0, 45).mapToObj(i -> "a" + i).toList())
        .build();
    PublishedArticle record =
        Samples.published(article, Samples.NINE.minusSeconds(random.nextInt(5)));
    return fate == 2 ? PublishedArticle.newBuilder(record).setExpired(true).build() : record;
  }
}
