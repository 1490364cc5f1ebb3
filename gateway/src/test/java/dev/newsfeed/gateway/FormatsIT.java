package dev.newsfeed.gateway;

import static dev.newsfeed.gateway.TestSite.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rometools.opml.feed.opml.Opml;
import com.rometools.opml.feed.opml.Outline;
import com.rometools.rome.io.SyndFeedInput;
import com.rometools.rome.io.WireFeedInput;
import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import crawlercommons.sitemaps.SiteMap;
import crawlercommons.sitemaps.SiteMapParser;
import crawlercommons.sitemaps.SiteMapURL;
import crawlercommons.sitemaps.extension.Extension;
import crawlercommons.sitemaps.extension.NewsAttributes;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Ninjs;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reader software, search engines and partners get, as they get it. */
class FormatsIT {

  private static final List<String> FORMATS = List.of("json", "rss", "atom", "ninjs");

  @TempDir
  Path directory;

  private TestSite site;

  @BeforeEach
  void start() {
    site = new TestSite(directory.resolve("a"));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void twoFeeds(TestSite at) {
    Article sport =
        Samples.article("b1").setSection(new Label("sport", "Sport")).build();
    PublishedArticle b1 = Samples.published(sport, Samples.NINE);
    at.publish(Samples.published("a1"));
    at.publish(b1);
    at.news.feed("all", Samples.feed("all", "All news", Samples.published("a1"), b1));
    at.news.feed("section/world", Samples.feed("section/world", "World", Samples.published("a1")));
    at.news.feed("section/sport", Samples.feed("section/sport", "Sport", b1));
    at.pass(Duration.ofSeconds(1));
  }

  // ---- ninjs ----

  @Test
  void feedInNinjsIsChosenByExtensionOrByAccept() throws Exception {
    twoFeeds(site);

    for (HttpResponse<String> response :
        List.of(site.get("/feeds/all.ninjs"), site.get("/feeds/all", "Accept", Ninjs.MEDIA_TYPE))) {
      assertThat(header(response, "Content-Type")).isEqualTo(Ninjs.MEDIA_TYPE);
      JsonNode list = TestSite.json(response);
      assertThat(list.findValuesAsText("pubStatus")).containsExactly("usable", "usable");
      assertThat(list.path(0).path("uri").asText()).isEqualTo("tag:news.example,2026:a1");
    }
    assertThat(site.json("/feeds/all.ninjs").path(0)).isEqualTo(site.json("/articles/a1.ninjs"));
    assertThat(site.json("/feeds").path("feeds").path(0).path("ninjs").asText())
        .isEqualTo("https://news.example/feeds/all.ninjs");
  }

  @Test
  void nextPageOfAFeedInNinjsIsInAHeader() throws Exception {
    twoFeeds(site);

    HttpResponse<String> first = site.get("/feeds/all.ninjs?limit=1");
    String link = header(first, "Link");
    assertThat(link)
        .matches(".*, <https://news\\.example/feeds/all\\.ninjs\\?after=[^>]*>; rel=\"next\"");
    String next = link.replaceAll(".*<https://news\\.example([^>]*)>; rel=\"next\"", "$1");
    HttpResponse<String> last = site.get(next);

    assertThat(TestSite.json(first).path(0).path("uri").asText()).endsWith(":a1");
    assertThat(TestSite.json(last).path(0).path("uri").asText()).endsWith(":b1");
    assertThat(header(last, "Link")).isEmpty();
    assertThat(header(site.get("/feeds/all.ninjs"), "Link")).doesNotContain("next");
  }

  // ---- withdrawals ----

  @ParameterizedTest
  @ValueSource(strings = {"all", "section/world", "section/sport"})
  void everyFeedTellsOfAWithdrawalWhateverItIsAbout(String feed) throws Exception {
    twoFeeds(site);
    site.publish(Samples.withdrawn("a1", "Legal"));

    JsonNode json = site.json("/feeds/" + feed + ".json");
    JsonNode deleted = json.path("_newsfeed").path("deleted").path(0);
    assertThat(deleted.path("id").asText()).isEqualTo("tag:news.example,2026:a1");
    assertThat(deleted.path("reason").asText()).isEqualTo("Legal");
    assertThat(deleted.path("withdrawnAt").asText()).isEqualTo(Samples.NINE.toString());
    assertThat(json.path("items").findValuesAsText("id"))
        .doesNotContain("tag:news.example,2026:a1");
    String atom = site.get("/feeds/" + feed + ".atom").body();
    assertThat(atom)
        .contains("<at:deleted-entry ref=\"tag:news.example,2026:a1\" when=\"" + Samples.NINE
            + "\"><at:comment>Legal</at:comment></at:deleted-entry>")
        .doesNotContain("<id>tag:news.example,2026:a1</id>");
    JsonNode ninjs = site.json("/feeds/" + feed + ".ninjs");
    JsonNode last = ninjs.path(ninjs.size() - 1);
    assertThat(last.path("pubStatus").asText()).isEqualTo("canceled");
    assertThat(last.path("uri").asText()).isEqualTo("tag:news.example,2026:a1");
    assertThat(site.get("/feeds/" + feed + ".rss").body()).doesNotContain("2026:a1");
    new SyndFeedInput().build(new StringReader(atom)); // and nobody stumbles over it
  }

  @Test
  void withdrawalChangesEachFeedOnceAndTimeDoesNot() throws Exception {
    twoFeeds(site);
    PublishedArticle notice = PublishedArticle.newBuilder(Samples.withdrawn("a1", "Legal"))
        .setChangedAt(Samples.NINE.plusSeconds(600))
        .build();
    for (String format : FORMATS) {
      String path = "/feeds/section/sport." + format;
      String before = header(site.get(path), "ETag");

      site.publish(notice);
      HttpResponse<String> told = site.get(path, "If-None-Match", before);
      int changed = format.equals("rss") ? 304 : 200; // which has no place for what was never in it
      assertThat(told.statusCode()).as(path).isEqualTo(changed);
      site.pass(Duration.ofDays(29));
      assertThat(site.get(path, "If-None-Match", header(told, "ETag")).statusCode())
          .as(path)
          .isEqualTo(304);

      site.publish(Samples.published(Samples.article("a1").setVersion(10).build(), Samples.NINE));
      assertThat(header(site.get(path), "ETag")).as("restored: " + path).isEqualTo(before);
      site.pass(Duration.ofDays(-29));
    }
  }

  @Test
  void noticesAreTheSameAfterARestartAndOnANewGateway() throws Exception {
    twoFeeds(site);
    PublishedArticle held = PublishedArticle.newBuilder(Samples.withdrawn("c1", "x"))
        .setStatus(Status.withheld)
        .setWithdrawal(null)
        .build();
    site.publish(Samples.withdrawn("a1", "Legal"));
    site.publish(held);
    site.pass(Duration.ofSeconds(2));
    List<String> before = new ArrayList<>();
    for (String format : FORMATS) {
      before.add(header(site.get("/feeds/section/sport." + format), "ETag"));
    }
    site.close();

    List<String> restarted = new ArrayList<>();
    site = new TestSite(directory.resolve("a"));
    Article sport =
        Samples.article("b1").setSection(new Label("sport", "Sport")).build();
    PublishedArticle b1 = Samples.published(sport, Samples.NINE);
    site.news.feed("section/sport", Samples.feed("section/sport", "Sport", b1));
    site.pass(Duration.ofSeconds(2));
    List<String> anew = new ArrayList<>();
    try (TestSite other = new TestSite(directory.resolve("b"))) {
      other.publish(held); // compaction has left nothing but the notices, in any order
      other.publish(b1);
      other.publish(Samples.withdrawn("a1", "Legal"));
      other.news.feed("section/sport", Samples.feed("section/sport", "Sport", b1));
      other.pass(Duration.ofSeconds(2));
      for (String format : FORMATS) {
        restarted.add(header(site.get("/feeds/section/sport." + format), "ETag"));
        anew.add(header(other.get("/feeds/section/sport." + format), "ETag"));
      }
    }

    assertThat(restarted).isEqualTo(before);
    assertThat(anew).isEqualTo(before);
    assertThat(site.json("/feeds/section/sport.json")
            .at("/_newsfeed/deleted")
            .findValuesAsText("status"))
        .containsExactly("canceled", "withheld");
  }

  // ---- ids ----

  @Test
  void idsOutliveAMoveOfTheSite() throws Exception {
    twoFeeds(site);
    try (TestSite moved = new TestSite(directory.resolve("b"), "old.example")) {
      twoFeeds(moved);

      assertThat(site.json("/feeds/all.json").at("/items/0/id").asText())
          .isEqualTo("tag:news.example,2026:a1");
      assertThat(moved.json("/feeds/all.json").at("/items/0/id").asText())
          .isEqualTo("tag:old.example,2026:a1");
      assertThat(moved.get("/feeds/all.rss").body()).contains(">tag:old.example,2026:a1</guid>");
      assertThat(moved.get("/feeds/all.atom").body())
          .contains("<id>tag:old.example,2026:feed/all</id>", "https://news.example/articles/a1");
      assertThat(moved.json("/feeds/all.ninjs").at("/0/uri").asText())
          .isEqualTo("tag:old.example,2026:a1");
      assertThat(moved.json("/articles/a1.ninjs").path("uri").asText())
          .isEqualTo("tag:old.example,2026:a1");
    }
  }

  // ---- sitemap, robots, subscription list ----

  private static PublishedArticle at(Article.Builder article, Instant first) {
    return Samples.published(article.build(), first);
  }

  private List<SiteMapURL> sitemap() throws Exception {
    HttpResponse<String> response = site.get("/sitemap-news.xml");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo("application/xml; charset=utf-8");
    SiteMapParser parser =
        new SiteMapParser(true); // takes only addresses of the sitemap's own site
    parser.setStrictNamespace(true);
    parser.enableExtension(Extension.NEWS);
    SiteMap sitemap = (SiteMap) parser.parseSiteMap(
        response.body().getBytes(StandardCharsets.UTF_8),
        URI.create("https://news.example/sitemap-news.xml").toURL());
    assertThat(sitemap.isProcessed()).isTrue();
    return List.copyOf(sitemap.getSiteMapUrls());
  }

  private static NewsAttributes news(SiteMapURL url) {
    return (NewsAttributes) url.getAttributesForExtension(Extension.NEWS)[0];
  }

  @Test
  void sitemapHasTheArticlesOfThisSiteOfTwoDays() throws Exception {
    Instant old = Samples.NINE.minus(Duration.ofHours(48));
    site.publish(at(
        Samples.article("new").setHeadline("Q&A <b> 😀 ]]>").setLanguage("de-CH"), Samples.NINE));
    site.publish(at(Samples.article("just").setLanguage("zh-Hant"), old.plusSeconds(2)));
    site.publish(at(Samples.article("late"), old));
    site.publish(at(Samples.article("theirs").setUrl("https://elsewhere.example/x"), Samples.NINE));
    site.publish(at(
        Samples.article("ours").setLanguage("no language").setUrl("/2026/möwe"),
        Samples.NINE.minusSeconds(5)));
    site.publish(PublishedArticle.newBuilder(Samples.published("again"))
        .setFirstPublished(old.minusSeconds(9))
        .build());
    site.publish(Samples.published("gone"));
    site.pass(Duration.ofSeconds(1));
    assertThat(sitemap()).hasSize(4);
    site.publish(Samples.withdrawn("gone", "Legal"));

    List<SiteMapURL> urls = sitemap();

    assertThat(urls)
        .extracting(url -> url.getUrl().toString())
        .containsExactly(
            "https://news.example/articles/new",
            "https://news.example/2026/m%C3%B6we",
            "https://news.example/articles/just");
    assertThat(urls).allMatch(SiteMapURL::isValid).allMatch(url -> news(url).isValid());
    assertThat(urls).extracting(url -> news(url).getName()).containsOnly("Meridian");
    assertThat(urls)
        .extracting(url -> news(url).getLanguage())
        .containsExactly("de", "en", "zh-tw");
    assertThat(news(urls.get(0)).getTitle()).isEqualTo("Q&A <b> 😀 ]]>");
    assertThat(news(urls.get(0)).getPublicationDateTime().toInstant()).isEqualTo(Samples.NINE);
  }

  @Test
  void sitemapHasTheNewestThousand() throws Exception {
    for (int i = 0; i < 1_010; i++) {
      PublishedArticle article = at(Samples.article("a" + i), Samples.NINE.minusSeconds(i));
      site.news.published(0, i, article.getArticleId(), article);
    }
    site.pass(Duration.ofSeconds(1));

    List<SiteMapURL> urls = sitemap();

    assertThat(urls).hasSize(1_000);
    assertThat(urls.get(999).getUrl().toString()).endsWith("/a999");
    String etag = header(site.get("/sitemap-news.xml"), "ETag");
    assertThat(site.get("/sitemap-news.xml", "If-None-Match", etag).statusCode())
        .isEqualTo(304);
  }

  @Test
  void robotsAreToldWhereTheSitemapIs() throws Exception {
    HttpResponse<String> response = site.get("/robots.txt");

    SimpleRobotRules rules = new SimpleRobotRulesParser()
        .parseContent(
            "https://news.example/robots.txt",
            response.body().getBytes(StandardCharsets.UTF_8),
            header(response, "Content-Type"),
            List.of("googlebot"));
    assertThat(rules.getSitemaps()).containsExactly("https://news.example/sitemap-news.xml");
    assertThat(rules.isAllowed("https://news.example/articles/a1")).isTrue();
    assertThat(rules.isAllowed("https://news.example/feeds/all.rss")).isTrue();
    assertThat(rules.isAllowed("https://news.example/search?q=x")).isFalse();
    assertThat(rules.isAllowed("https://news.example/events")).isFalse();
    for (String none :
        List.of("/robots", "/robots.txt/x", "/sitemap-news", "/sitemap-news.xml/x")) {
      assertThat(site.get(none).statusCode()).as(none).isEqualTo(404);
    }
  }

  @Test
  void everyFeedIsInTheSubscriptionList() throws Exception {
    twoFeeds(site);
    site.news.feed(
        "topic/odd", Samples.feed("topic/odd", "Odd <&> \"news\" 😀", Samples.published("a1")));

    HttpResponse<String> response = site.get("/feeds.opml");
    Opml opml = (Opml) new WireFeedInput().build(new StringReader(response.body()));

    assertThat(header(response, "Content-Type")).isEqualTo("text/x-opml; charset=utf-8");
    assertThat(header(site.get("/feeds", "Accept", "text/x-opml"), "ETag"))
        .isEqualTo(header(response, "ETag"));
    assertThat(header(site.get("/feeds"), "Content-Type")).isEqualTo("application/json");
    assertThat(opml.getTitle()).isEqualTo("Meridian");
    assertThat(opml.getModified()).isEqualTo(Date.from(Samples.NINE));
    assertThat(opml.getOutlines())
        .extracting(Outline::getText)
        .containsExactly("All news", "Sections", "Topics");
    List<Outline> all = new ArrayList<>();
    for (Outline outline : opml.getOutlines()) {
      all.addAll(outline.getChildren().isEmpty() ? List.of(outline) : outline.getChildren());
    }
    List<String> known = StreamSupport.stream(
            site.json("/feeds").path("feeds").spliterator(), false)
        .map(feed -> feed.path("rss").asText())
        .toList();
    assertThat(all).extracting(Outline::getXmlUrl).containsExactlyElementsOf(known);
    assertThat(all).extracting(Outline::getText).contains("Odd <&> \"news\" 😀", "World");
    assertThat(all)
        .extracting(Outline::getHtmlUrl)
        .contains("https://news.example/", "https://news.example/section/world");
    for (Outline outline : all) {
      String path = outline.getXmlUrl().substring("https://news.example".length());
      assertThat(site.get(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  // ---- JSON-LD ----

  private JsonNode jsonLd(String path) throws Exception {
    String page = site.get(path, "Accept", "text/html").body();
    String begin = "<script type=\"application/ld+json\">";
    int from = page.indexOf(begin) + begin.length();
    assertThat(page).contains(begin);
    return new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
  }

  @Test
  void searchEnginesFindInAPageWhatTheyAskFor() throws Exception {
    Instant later = Samples.NINE.plusSeconds(600);
    site.publish(Samples.published(
        Samples.article("a1")
            .setHeadline("</script> 😀")
            .setVersionCreated(later)
            .build(),
        Samples.NINE));
    site.publish(Samples.published(
        Samples.article("bare").setByline(null).setPhotos(List.of()).build(), Samples.NINE));

    JsonNode article = jsonLd("/articles/a1");

    assertThat(article.path("@context").asText()).isEqualTo("https://schema.org");
    assertThat(article.path("@type").asText()).isEqualTo("NewsArticle");
    assertThat(article.path("headline").asText()).isEqualTo("</script> 😀");
    assertThat(article.path("mainEntityOfPage").asText())
        .isEqualTo("https://news.example/articles/a1");
    assertThat(article.at("/image/0/url").asText())
        .isEqualTo("https://news.example/media/demo/a1.jpg");
    assertThat(article.path("datePublished").asText()).isEqualTo(Samples.NINE.toString());
    assertThat(article.path("dateModified").asText()).isEqualTo(later.toString());
    assertThat(article.at("/author/@type").asText()).isEqualTo("Person");
    assertThat(article.at("/author/name").asText()).isEqualTo("A. Writer");
    assertThat(article.at("/publisher/name").asText()).isEqualTo("Meridian");
    assertThat(article.at("/publisher/url").asText()).isEqualTo("https://news.example/");
    assertThat(jsonLd("/articles/bare").at("/author/@type").asText()).isEqualTo("Organization");
    assertThat(jsonLd("/articles/bare").at("/author/name").asText()).isEqualTo("Meridian");
  }
}
