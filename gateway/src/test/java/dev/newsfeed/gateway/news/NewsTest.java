package dev.newsfeed.gateway.news;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.push.EventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewsTest {

  @TempDir
  Path directory;

  private Archive archive;
  private News news;
  private long offset;

  @BeforeEach
  void open() {
    archive = Archive.open(directory, Samples.TOPICS.published, "topic-1", Duration.ofMinutes(1));
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("topic-1", 1, Map.of()));
  }

  @AfterEach
  void close() {
    archive.close();
  }

  private void publish(PublishedArticle article) {
    news.published(0, offset++, article.getArticleId(), article);
  }

  private List<String> headlines(String feedId) {
    return news.page(feedId, null, 50).orElseThrow().items().stream()
        .map(item -> item.entry().getHeadline())
        .toList();
  }

  @Test
  void headAheadOfTheArchiveIsShownFromTheHead() {
    news.feed("all", Samples.feed("all", "All news", Samples.published("a1")));

    assertThat(headlines("all")).containsExactly("Headline of a1");
  }

  @Test
  void headBehindTheArchiveShowsTheNewerVersion() {
    publish(Samples.published("a1"));
    news.feed("all", Samples.feed("all", "All news", Samples.published("a1")));

    Article second = Samples.article("a1").setVersion(2).setHeadline("Second").build();
    publish(Samples.published(second, Samples.NINE));

    assertThat(headlines("all")).containsExactly("Second");
  }

  @Test
  void withdrawnArticleLeavesHeadsAndListsBeforeTheJobsHaveDoneSo() {
    publish(Samples.published("a1"));
    news.feed("all", Samples.feed("all", "All news", Samples.published("a1")));
    news.mostRead("now/all", Samples.mostRead("now", "all", "a1", "a2"));

    publish(Samples.withdrawn("a1", "wrong"));

    assertThat(headlines("all")).isEmpty();
    assertThat(news.mostRead("now", "all").orElseThrow().getEntries())
        .extracting(e -> e.getArticleId())
        .containsExactly("a2");
  }

  @Test
  void movedArticleLeavesTheHeadOfItsFormerSection() {
    publish(Samples.published("a1"));
    news.feed("section/world", Samples.feed("section/world", "World", Samples.published("a1")));

    Article moved = Samples.article("a1")
        .setVersion(2)
        .setSection(new Label("sport", "Sport"))
        .build();
    publish(Samples.published(moved, Samples.NINE));

    assertThat(headlines("section/world")).isEmpty();
  }

  @Test
  void curatedFeedKeepsTheEditorsOrderAndHasNoFurtherPages() {
    PublishedArticle late =
        Samples.published(Samples.article("late").build(), Samples.NINE.plusSeconds(60));
    publish(late);
    publish(Samples.published("early"));
    Feed chosen =
        Samples.feed("curated/top-stories", "Top stories", Samples.published("early"), late);
    news.feed("curated/top-stories", chosen);

    FeedPage page = news.page("curated/top-stories", null, 1).orElseThrow();

    assertThat(headlines("curated/top-stories"))
        .containsExactly("Headline of early", "Headline of late");
    assertThat(page.next()).isNull();
  }

  @Test
  void editorsListKeepsItsLinksAndTheirPlaces() {
    publish(Samples.published("a1"));
    news.feed(
        "curated/top-stories",
        Samples.curated(
            "curated/top-stories",
            "Top stories",
            Samples.link("Theirs", "https://other.example/1"),
            Samples.entry(Samples.published("a1")),
            Samples.link("Theirs, too", "https://other.example/2")));

    assertThat(headlines("curated/top-stories"))
        .containsExactly("Theirs", "Headline of a1", "Theirs, too");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "data:text/html,x",
        "//other.example/",
        "/articles/a1",
        "https://other.example/\"onclick=x",
        ""
      })
  void linkThatNobodyShouldFollowIsLeftOut(String url) {
    Feed list = Samples.curated(
        "curated/in-other-media",
        "In other media",
        Samples.link("Bad", url),
        Samples.link("Good", "https://other.example/1"));
    news.feed("curated/in-other-media", list);

    assertThat(headlines("curated/in-other-media")).containsExactly("Good");
  }

  @Test
  void withdrawnArticleLeavesTheEditorsListBeforeTheListIsWrittenAnew() {
    publish(Samples.published("a1"));
    news.feed(
        "curated/top-stories",
        Samples.feed("curated/top-stories", "Top stories", Samples.published("a1")));
    long before = news.generation("curated/top-stories");

    publish(Samples.withdrawn("a1", "wrong"));

    assertThat(headlines("curated/top-stories")).isEmpty();
    assertThat(news.generation("curated/top-stories")).isGreaterThan(before);
  }

  @Test
  void withdrawnArticleIsTakenOutOfTheHeadsThemselves() {
    publish(Samples.published("a1"));
    news.feed("all", Samples.feed("all", "All news", Samples.published("a1")));
    news.feed("curated/top", Samples.feed("curated/top", "Top", Samples.published("a1")));
    publish(Samples.withdrawn("a1", "wrong"));

    news.published(0, offset++, "a1", null); // now only the heads could know of it

    assertThat(headlines("all")).isEmpty();
    assertThat(headlines("curated/top")).isEmpty();
  }

  @Test
  void everyChangeThatAFirstPageShowsRaisesItsGeneration() {
    long before = news.generation("section/world");
    publish(Samples.published("a1"));
    long published = news.generation("section/world");
    publish(Samples.withdrawn("a1", "wrong"));
    long withdrawn = news.generation("section/world");
    news.feed("section/world", Samples.feed("section/world", "World"));

    assertThat(List.of(before, published, withdrawn, news.generation("section/world")))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(news.generation("section/sport")).isZero();
  }

  @Test
  void recordUnderAnotherKeyIsPassedOver() {
    news.published(0, 0, "a2", Samples.published("a1"));
    news.feed("all", Samples.feed("section/world", "World"));
    news.mostRead("now/section/world", Samples.mostRead("now", "all", "a1"));

    assertThat(news.article("a1")).isEmpty();
    assertThat(news.article("a2")).isEmpty();
    assertThat(news.feeds()).isEmpty();
    assertThat(news.mostRead("now", "all")).isEmpty();
  }

  @Test
  void nothingThatCouldHarmAReaderIsKept() {
    Article hostile = Samples.article("a1")
        .setKind("<script>")
        .setUrl("javascript:alert(1)")
        .setBodyHtml(
            "<p onclick=\"x()\">Text<script>alert(1)</script><a href=\"javascript:x()\">l</a>"
                + "<img src=\"/p.png\" onerror=\"x()\"><iframe src=\"//evil\"></iframe></p>")
        .setSection(new Label("../x", "X"))
        .setTopics(List.of(new Label("a\"b", "Y"), new Label("trade", "Trade")))
        .setReadAlso(List.of("ok", "../../x"))
        .setPhotos(List.of(
            Photo.newBuilder().setUrl("data:text/html,x").build(),
            Photo.newBuilder().setUrl("//evil.example/x.png").build()))
        .setInOtherMedia(List.of(new MediaLink("t", "JavaScript:alert(1)", "s")))
        .build();

    publish(Samples.published(hostile, Samples.NINE));

    Article kept = news.article("a1").orElseThrow().getArticle();
    assertThat(kept).isNotNull();
    assertThat(kept.getBodyHtml())
        .contains("Text", "<img src=\"/p.png\"")
        .doesNotContain("script", "onclick", "onerror", "iframe");
    assertThat(kept.getKind()).isEqualTo("article");
    assertThat(kept.getUrl()).isNull();
    assertThat(kept.getSection()).isNull();
    assertThat(kept.getTopics()).extracting(Label::getSlug).containsExactly("trade");
    assertThat(kept.getReadAlso()).containsExactly("ok");
    assertThat(kept.getPhotos()).isEmpty();
    assertThat(kept.getInOtherMedia()).isEmpty();
  }
}
