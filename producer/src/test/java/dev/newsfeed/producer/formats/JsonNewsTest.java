package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.producer.formats.NewsImport.Unusable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNewsTest {

  private static final Instant NEWEST = Instant.parse("2026-11-23T09:30:00Z");

  @Test
  void itemOfAJsonFeedBecomesAnArticle() throws IOException {
    // the name of the feed may stand behind its items
    Article article = article("""
        {"version": "https://jsonfeed.org/version/1.1", "language": "en-gb",
         "items": [{
           "id": "https://news.example/1", "url": "https://news.example/1",
           "title": "Q&A: a < b", "summary": "Short & good",
           "content_html": "<p>One<script>x()</script></p>", "content_text": "One",
           "date_published": "2026-11-23T10:00:00+01:00", "date_modified": "2026-11-23T11:00:00+01:00",
           "authors": [{"name": "A. Writer"}, {"name": "B. Writer"}],
           "tags": ["City Life", "city life", "東京"],
           "image": "https://img.example/1.jpg",
           "attachments": [
             {"url": "https://img.example/1.jpg", "mime_type": "image/jpeg", "title": "The bridge"},
             {"url": "https://img.example/1.mp3", "mime_type": "audio/mpeg"}]}],
         "title": "Example News"}""");

    assertThat(article.getHeadline()).isEqualTo("Q&A: a < b");
    assertThat(article.getLead()).isEqualTo("Short & good");
    assertThat(article.getBodyHtml()).isEqualTo("<p>One</p>");
    assertThat(article.getUrl()).isEqualTo("https://news.example/1");
    assertThat(article.getByline()).isEqualTo("A. Writer, B. Writer");
    assertThat(article.getSource()).isEqualTo("Example News");
    assertThat(article.getLanguage()).isEqualTo("en-gb");
    assertThat(article.getTopics()).extracting(Label::getTitle).containsExactly("City Life", "東京");
    assertThat(article.getPhotos())
        .containsExactly(new Photo("https://img.example/1.jpg", 0, 0, "The bridge", null, null));
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2026-11-23T09:00:00Z"));
    assertThat(article.getVersion())
        .isEqualTo(Instant.parse("2026-11-23T10:00:00Z").toEpochMilli());
  }

  @Test
  void badItemsOfAFeedAreToldAndStopNothing() throws IOException {
    List<Item> items = read("""
        {"version": "https://jsonfeed.org/version/1", "title": "T", "items": [
          {"content_text": "no name at all"},
          {"id": 7, "content_text": "no title"},
          {"id": "8", "title": "Eight", "date_published": "yesterday"},
          "nine",
          {"id": 10, "title": "Ten", "content_text": "One\\nTwo"}]}""");

    assertThat(items.subList(0, 4)).allMatch(item -> item instanceof Unusable);
    assertThat(items.subList(0, 4))
        .extracting(item -> ((Unusable) item).problem().field())
        .containsExactly("id", "headline", "date_published", "id");
    assertThat(items).extracting(Item::line).containsExactly(2, 3, 4, 5, 6);
    assertThat(((Story) items.get(4)).article().getBodyHtml()).isEqualTo("<p>One</p><p>Two</p>");
  }

  @Test
  void ninjsComesOneByOneOrInAList() throws IOException {
    String one =
        "{\"uri\": \"urn:x:1\", \"version\": \"1\", \"headlines\": [{\"value\": \"One\"}]}";
    String two = one.replace("urn:x:1", "urn:x:2");

    for (String file :
        List.of(one + "\n" + two, one + two + "\n\n", "[" + one + ",\n" + two + "]")) {
      assertThat(read(file))
          .as(file)
          .extracting(item -> ((Story) item).article().getArticleId())
          .containsExactly("urn:x:1", "urn:x:2");
    }
  }

  @Test
  void ninjsThatCannotBeHeldIsToldWithItsLineAndStopsNothing() throws IOException {
    List<Item> items = read("""
        {"uri": "urn:x:1", "version": "1", "type": "audio"}
        {"uri": "urn:x:2", "version": "1", "headlines": [{"value": "Two"}]}
        {"title": "no ninjs"}
        {"uri": "urn:x:4", "version": "1", "headlines": [{"value": "Four"}]}
        {"uri": "urn:x:5", "ver""");

    assertThat(items).hasSize(5);
    assertThat(((Unusable) items.get(0)).problem().field()).isEqualTo("type");
    assertThat(items.get(1)).isInstanceOf(Story.class);
    assertThat(((Unusable) items.get(2)).problem().reason()).isEqualTo("unsupported-type");
    assertThat(items.get(3)).isInstanceOf(Story.class);
    assertThat(((Unusable) items.get(4)).problem().reason()).isEqualTo("malformed-json");
    assertThat(items).extracting(Item::line).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void feedWithoutItemsHasNone() throws IOException {
    assertThat(read("{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"articleId\": \"a1\", \"version\": 1, \"headline\": \"own JSON\"}",
        "{\"version\": \"1.0\", \"items\": []}",
        "[7]",
        "[]",
      })
  void otherJsonIsNoNews(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a file of news: JSON");
  }

  @Test
  void depthAndLengthAreBounded() throws IOException {
    assertThat(read("[".repeat(100_000)))
        .singleElement()
        .isInstanceOfSatisfying(
            Unusable.class,
            bad -> assertThat(bad.problem().detail()).contains("nested too deeply"));
    assertThat(read("{\"uri\": \"" + "x".repeat(2 << 20) + "\"}"))
        .singleElement()
        .isInstanceOf(Unusable.class);
  }

  private static Article article(String json) throws IOException {
    List<Item> items = read(json);
    assertThat(items).hasSize(1);
    assertThat(items.get(0)).isInstanceOf(Story.class);
    return ((Story) items.get(0)).article();
  }

  private static List<Item> read(String json) throws IOException {
    var news = new NewsImport(NEWEST, Duration.ofMinutes(1), 1);
    try (Stream<Item> items = news.read(new ByteArrayInputStream(json.getBytes(UTF_8)))) {
      return items.toList();
    }
  }
}
