package dev.newsfeed.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rometools.rome.feed.module.DCModule;
import com.rometools.rome.feed.synd.SyndContent;
import com.rometools.rome.feed.synd.SyndEntry;
import com.rometools.rome.feed.synd.SyndFeed;
import com.rometools.rome.feed.synd.SyndLink;
import com.rometools.rome.io.SyndFeedInput;
import com.rometools.rome.io.XmlReader;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeedFormatTest {

  private static final String NASTY =
      "Q&A: <script>alert(1)</script> \"quotes\" ]]> \u0001\u000B\uFFFE\uD800 café 日本 😀";
  private static final String NASTY_IN_XML =
      "Q&A: <script>alert(1)</script> \"quotes\" ]]>  café 日本 😀";

  private static FeedDocument document(Article article, @Nullable Cursor next) {
    PublishedArticle published = Samples.published(article, Samples.NINE);
    return document(new FeedPage.Item(Samples.entry(published), article), next);
  }

  private static FeedDocument document(FeedPage.Item item, @Nullable Cursor next) {
    FeedSummary feed = new FeedSummary("section/world", "World", 120, 7, Samples.NINE);
    Addresses addresses = new Addresses(URI.create("https://news.example"));
    FeedAddress self = new FeedAddress("section/world", "", null, 50);
    return new FeedDocument(
        new FeedPage(feed, List.of(item), next),
        addresses,
        "Meridian",
        FeedLinks.ofPage(self, next),
        List.of());
  }

  private static SyndFeed read(FeedFormat format, FeedDocument document) throws Exception {
    byte[] bytes = format.write(document).bytes(false);
    return new SyndFeedInput().build(new XmlReader(new ByteArrayInputStream(bytes)));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "ATOM"})
  void readersOfXmlGetBackWhatWasPublished(FeedFormat format) throws Exception {
    SyndFeed feed = read(format, document(Samples.article("a1").build(), null));

    SyndEntry entry = feed.getEntries().get(0);
    assertThat(feed.getTitle()).isEqualTo("Meridian: World");
    assertThat(entry.getUri()).isEqualTo("tag:news.example,2026:a1");
    assertThat(entry.getLink()).isEqualTo("https://news.example/articles/a1");
    assertThat(entry.getTitle()).isEqualTo("Headline of a1");
    assertThat(entry.getDescription().getValue()).isEqualTo("Lead of a1");
    assertThat(entry.getContents())
        .extracting(SyndContent::getValue)
        .containsExactly("<p>Body of a1</p>");
    assertThat(entry.getPublishedDate()).isEqualTo(Date.from(Samples.NINE));
    assertThat(entry.getAuthor()).isEqualTo("A. Writer");
    assertThat(entry.getCategories()).extracting(c -> c.getName()).contains("World", "Trade");
    assertThat(entry.getEnclosures())
        .extracting(e -> e.getUrl())
        .containsExactly("https://news.example/media/demo/a1.jpg");
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "ATOM"})
  void whatXmlCannotHoldIsLeftOutAndTheRestEscaped(FeedFormat format) throws Exception {
    Article nasty = Samples.article("a1").setHeadline(NASTY).setLead(NASTY).build();

    SyndEntry entry = read(format, document(nasty, null)).getEntries().get(0);

    // in RSS a plain-text reader may trim, so white space is not compared
    assertThat(entry.getTitle()).isEqualToNormalizingWhitespace(NASTY_IN_XML);
    assertThat(entry.getDescription().getValue()).isEqualToNormalizingWhitespace(NASTY_IN_XML);
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "ATOM"})
  void nextPageIsLinked(FeedFormat format) throws Exception {
    Cursor next = new Cursor(Samples.NINE, "a1");
    byte[] bytes = format.write(document(Samples.article("a1").build(), next)).bytes(false);
    String url = "https://news.example/feeds/section/world." + format.extension() + "?after="
        + next.token() + "&limit=50";

    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .contains("rel=\"next\"", url.replace("&", "&amp;"));
    if (format == FeedFormat.ATOM) {
      SyndFeed feed = read(format, document(Samples.article("a1").build(), next));
      assertThat(feed.getLinks()).extracting(SyndLink::getHref).contains(url);
    }
  }

  @Test
  void jsonFeedHasItsFieldsAndOurs() throws Exception {
    Cursor next = new Cursor(Samples.NINE, "a1");
    Article article = Samples.article("a1")
        .setHeadline(NASTY)
        .setLanguage("en")
        .setBodyHtml("<p><a href=\"/x\">x</a><img src=\"/y.png\"></p>")
        .build();

    JsonNode feed = new ObjectMapper()
        .readTree(FeedFormat.JSON.write(document(article, next)).bytes(false));

    JsonNode item = feed.path("items").path(0);
    assertThat(feed.path("version").asText()).isEqualTo("https://jsonfeed.org/version/1.1");
    assertThat(feed.path("title").asText()).isEqualTo("Meridian: World");
    assertThat(feed.path("feed_url").asText())
        .isEqualTo("https://news.example/feeds/section/world.json");
    assertThat(feed.path("home_page_url").asText()).isEqualTo("https://news.example/section/world");
    assertThat(feed.path("next_url").asText()).contains("after=" + next.token());
    assertThat(feed.path("_newsfeed").path("total").asLong()).isEqualTo(120);
    assertThat(item.path("id").asText()).isEqualTo("tag:news.example,2026:a1");
    // a lone half of a surrogate pair is all that JSON in UTF-8 has to give up
    assertThat(item.path("title").asText()).startsWith("Q&A: <script>alert(1)</script> \"quotes\"");
    assertThat(item.path("content_html").asText())
        .contains("https://news.example/x", "https://news.example/y.png");
    assertThat(item.path("date_published").asText()).isEqualTo("2026-03-02T09:00:00Z");
    assertThat(item.path("image").asText()).isEqualTo("https://news.example/media/demo/a1.jpg");
    assertThat(item.path("attachments").path(0).path("mime_type").asText()).isEqualTo("image/jpeg");
    assertThat(item.path("authors").path(0).path("name").asText()).isEqualTo("A. Writer");
    assertThat(item.path("_newsfeed").path("articleId").asText()).isEqualTo("a1");
  }

  private static FeedDocument link(String title) {
    return document(
        new FeedPage.Item(Samples.link(title, "https://other.example/story?a=1&b=2"), null), null);
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "ATOM"})
  void linkLeadsToTheOtherMediumAndNamesIt(FeedFormat format) throws Exception {
    SyndEntry entry = read(format, link("Their story")).getEntries().get(0);
    SyndEntry renamed = read(format, link("Their story, renamed")).getEntries().get(0);

    assertThat(entry.getTitle()).isEqualTo("Their story");
    assertThat(entry.getLink()).isEqualTo("https://other.example/story?a=1&b=2");
    assertThat(entry.getUri()).matches("tag:news\\.example,2026:link/[A-Za-z0-9_-]{22}");
    assertThat(entry.getUri()).isEqualTo(renamed.getUri());
    if (format == FeedFormat.ATOM) {
      assertThat(entry.getAuthors())
          .extracting(a -> a.getName())
          .containsExactly("The Other Paper");
    } else {
      DCModule dublinCore = (DCModule) entry.getModule(DCModule.URI);
      assertThat(dublinCore.getPublisher()).isEqualTo("The Other Paper");
    }
  }

  @Test
  void linkInJsonFeedIsExternalAndHasNothingOfAnArticle() throws Exception {
    JsonNode item = new ObjectMapper()
        .readTree(FeedFormat.JSON.write(link("Their story")).bytes(false))
        .path("items")
        .path(0);

    assertThat(item.path("url").asText()).isEqualTo("https://other.example/story?a=1&b=2");
    assertThat(item.path("external_url")).isEqualTo(item.path("url"));
    assertThat(item.path("content_text").asText()).isEqualTo("Their story");
    assertThat(item.path("authors").path(0).path("name").asText()).isEqualTo("The Other Paper");
    assertThat(item.path("_newsfeed").path("kind").asText()).isEqualTo("link");
    assertThat(item.toString()).doesNotContain("/articles/", "articleId");
  }

  @Test
  void whatIsShownIsNotCalledWithdrawn() {
    FeedPage.Item item = TrickyFeed.item(Samples.article("gone").build());
    FeedSummary feed = new FeedSummary("all", "All news", 1, 1, Samples.NINE);
    FeedDocument document = new FeedDocument(
        new FeedPage(feed, List.of(item), null),
        TrickyFeed.ADDRESSES,
        "Meridian",
        TrickyFeed.links("all", null),
        TrickyFeed.notices());

    assertThat(document.withdrawn())
        .extracting(PublishedArticle::getArticleId)
        .containsExactly("held");
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "ATOM"})
  void guidDoesNotDependOnHeadlineAddressOrVersion(FeedFormat format) throws Exception {
    Article changed = Samples.article("a1")
        .setVersion(5)
        .setHeadline("Other")
        .setUrl("https://elsewhere.example/x")
        .build();

    SyndEntry after = read(format, document(changed, null)).getEntries().get(0);
    SyndEntry before =
        read(format, document(Samples.article("a1").build(), null)).getEntries().get(0);
    assertThat(after.getUri()).isEqualTo(before.getUri());
    assertThat(after.getLink()).isEqualTo("https://elsewhere.example/x");
  }
}
