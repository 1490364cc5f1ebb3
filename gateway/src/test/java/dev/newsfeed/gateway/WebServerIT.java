package dev.newsfeed.gateway;

import static dev.newsfeed.gateway.TestSite.header;
import static dev.newsfeed.gateway.TestSite.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.SchemaCatalogue;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP side over a real connection; records are given to it as the follower would. */
class WebServerIT {

  private static final String HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
  private static final String ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>";

  @TempDir
  Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private TestSite site;
  private News news;

  @BeforeEach
  void start() {
    site = new TestSite(directory, 2, 2);
    news = site.news;
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void publish(PublishedArticle record) {
    site.publish(record);
  }

  private void settle() {
    site.settle();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.port() + path));
  }

  private HttpResponse<String> get(String path, String... headers) {
    return site.get(path, headers);
  }

  // ---- feeds ----

  private void oneArticle() {
    publish(Samples.published("a1"));
    news.feed("all", Samples.feed("all", "All news", Samples.published("a1")));
  }

  @Test
  void formatIsChosenByExtensionOrByAccept() throws Exception {
    oneArticle();

    assertThat(header(get("/feeds/all"), "Content-Type")).isEqualTo("application/feed+json");
    assertThat(header(get("/feeds/all.rss"), "Content-Type")).startsWith("application/rss+xml");
    assertThat(header(get("/feeds/all.atom"), "Content-Type")).startsWith("application/atom+xml");
    assertThat(header(get("/feeds/all", "Accept", "application/atom+xml"), "Content-Type"))
        .startsWith("application/atom+xml");
    assertThat(header(
            get("/feeds/all", "Accept", "application/feed+json;q=0.2, application/rss+xml"),
            "Content-Type"))
        .startsWith("application/rss+xml");
  }

  @Test
  void knownEtagIsAnsweredWithNothingUntilTheFeedChanges() throws Exception {
    oneArticle();
    HttpResponse<String> first = get("/feeds/all.json");
    String etag = header(first, "ETag");

    HttpResponse<String> again = get("/feeds/all.json", "If-None-Match", etag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(header(again, "ETag")).isEqualTo(etag);

    Article second = Samples.article("a1").setVersion(2).setHeadline("Second").build();
    publish(Samples.published(second, Samples.NINE));
    HttpResponse<String> changed = get("/feeds/all.json", "If-None-Match", etag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).contains("Second");
  }

  @Test
  void compressedFeedIsTheSameWithAnEtagOfItsOwn() throws Exception {
    oneArticle();
    HttpResponse<byte[]> compressed = client.send(
        request("/feeds/all.json").header("Accept-Encoding", "gzip").build(),
        BodyHandlers.ofByteArray());
    HttpResponse<String> plain = get("/feeds/all.json");

    try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
    }
    assertThat(header(compressed, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(compressed, "Vary")).contains("Accept-Encoding");
    assertThat(header(compressed, "ETag")).isNotEqualTo(header(plain, "ETag"));
    assertThat(header(plain, "Access-Control-Allow-Origin")).isEqualTo("*");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    oneArticle();
    HttpResponse<String> head = client.send(
        request("/feeds/all.json").method("HEAD", BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
    HttpResponse<String> get = get("/feeds/all.json");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "ETag")).isEqualTo(header(get, "ETag"));
    assertThat(header(head, "Content-Length")).isEqualTo(header(get, "Content-Length"));
  }

  @Test
  void nextUrlsLeadThroughTheWholeFeed() throws Exception {
    List<PublishedArticle> all = new ArrayList<>();
    for (int i = 0; i < 237; i++) {
      Article article = Samples.article("a" + i).build();
      all.add(Samples.published(article, Samples.NINE.minusSeconds(i / 5)));
    }
    all.forEach(this::publish);
    settle();
    all.sort(Comparator.comparing(PublishedArticle::getFeedTime)
        .reversed()
        .thenComparing(PublishedArticle::getArticleId));
    PublishedArticle[] head = all.subList(0, 100).toArray(PublishedArticle[]::new);
    news.feed("all", Samples.feed("all", "All news", all.size(), head));

    List<String> seen = new ArrayList<>();
    String path = "/feeds/all.json?limit=30";
    while (!path.isEmpty()) {
      JsonNode page = json(get(path));
      page.path("items")
          .forEach(item -> seen.add(item.path("_newsfeed").path("articleId").asText()));
      String next = page.path("next_url").asText();
      assertThat(next).matches("|https://news.example/.*");
      path = next.replace("https://news.example", "");
      if (seen.size() == 60) {
        // what arrives meanwhile stands above and moves nothing; what goes leaves no hole
        publish(Samples.published(Samples.article("new").build(), Samples.NINE.plusSeconds(60)));
        publish(Samples.withdrawn(seen.get(59), "wrong"));
        settle();
      }
    }

    assertThat(seen).isEqualTo(all.stream().map(PublishedArticle::getArticleId).toList());
  }

  @Test
  void wrongParametersAreNamed() throws Exception {
    oneArticle();
    for (String path : List.of(
        "/feeds/all?limit=0",
        "/feeds/all?limit=x",
        "/feeds/all?after=%3Cscript%3E",
        "/most-read/now?scope=person/x")) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(400);
      assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
      assertThat(json(response).path("detail").asText()).matches("(limit|after|scope): .*");
    }
  }

  @Test
  void unknownPlacesAreProblemsForProgramsAndPagesForPeople() throws Exception {
    for (String path : List.of(
        "/feeds/section/none",
        "/articles/none",
        "/most-read/yesterday",
        "/nowhere",
        "/section/none",
        "/assets/x",
        "/media/demo/none.svg")) {
      HttpResponse<String> program = get(path);
      assertThat(program.statusCode()).as(path).isEqualTo(404);
      assertThat(json(program).path("status").asInt()).isEqualTo(404);
      HttpResponse<String> person = get(path, "Accept", HTML);
      assertThat(person.statusCode()).as(path).isEqualTo(404);
      assertThat(person.body()).contains("<h1>Not found</h1>");
    }
  }

  @Test
  void feedsAreListed() throws Exception {
    oneArticle();

    JsonNode feed = json(get("/feeds")).path("feeds").path(0);

    assertThat(feed.path("feedId").asText()).isEqualTo("all");
    assertThat(feed.path("total").asInt()).isEqualTo(1);
    assertThat(feed.path("rss").asText()).isEqualTo("https://news.example/feeds/all.rss");
  }

  // ---- articles ----

  @Test
  void articleIsJsonForProgramsAndAPageForPeople() throws Exception {
    publish(Samples.published("a1"));

    JsonNode json = json(get("/articles/a1"));
    HttpResponse<String> page = get("/articles/a1", "Accept", HTML);

    assertThat(json.path("bodyHtml").asText()).isEqualTo("<p>Body of a1</p>");
    assertThat(json.path("feeds").toString()).contains("section/world");
    assertThat(json(get("/articles/a1.json", "Accept", HTML))).isEqualTo(json);
    assertThat(page.body())
        .contains("<h1 dir=\"auto\">Headline of a1</h1>", "<p>Body of a1</p>", "Photo: P. Grapher")
        .contains(
            "href=\"/topic/trade\"",
            "<script async src=\"https://intake.example/newsfeed-click.js\""
                + " data-newsfeed-article=\"a1\"></script>");
    assertThat(header(page, "Content-Security-Policy"))
        .contains(
            "script-src 'self' https://intake.example;",
            "connect-src 'self' https://intake.example;")
        .doesNotContain("unsafe");
  }

  @Test
  void articleIsNinjsForAgencies() throws Exception {
    publish(Samples.published("there"));
    publish(Samples.withdrawn("gone", "Legal advice"));
    publish(Samples.published(
        Samples.article("a1")
            .setReadAlso(List.of("gone", "there"))
            .setRestore(true)
            .build(),
        Samples.NINE));

    HttpResponse<String> response = get("/articles/a1.ninjs", "Accept", HTML);

    assertThat(header(response, "Content-Type")).isEqualTo(Ninjs.MEDIA_TYPE);
    JsonNode ninjs = json(response);
    assertThat(ninjs.path("uri").asText()).isEqualTo("tag:news.example,2026:a1");
    assertThat(ninjs.at("/headlines/0/value").asText()).isEqualTo("Headline of a1");
    assertThat(ninjs.path("firstCreated").asText()).isEqualTo(Samples.NINE.toString());
    assertThat(ninjs.path("associations").findValuesAsText("uri"))
        .containsExactly("https://news.example/media/demo/a1.jpg", "tag:news.example,2026:there");
    assertThat(ninjs.path("altIds").findValuesAsText("role"))
        .as("no instructions")
        .containsExactly("newsfeed:photo-count");
    assertThat(json(get("/articles/a1", "Accept", Ninjs.MEDIA_TYPE))).isEqualTo(ninjs);
    assertThat(get("/articles/gone.ninjs").statusCode()).isEqualTo(410);
    assertThat(get("/articles/none.ninjs").statusCode()).isEqualTo(404);
  }

  @Test
  void pageTellsSearchEnginesWhatItIsAndIsNotLeftByWhatItTells() throws Exception {
    publish(Samples.published(
        Samples.article("a1").setHeadline("</script><script>alert(1)</script>").build(),
        Samples.NINE));

    String page = get("/articles/a1", "Accept", HTML).body();

    assertThat(page).doesNotContain("<script>alert");
    String begin = "<script type=\"application/ld+json\">";
    int from = page.indexOf(begin) + begin.length();
    JsonNode told =
        new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
    assertThat(told.path("@type").asText()).isEqualTo("NewsArticle");
    assertThat(told.path("headline").asText()).isEqualTo("</script><script>alert(1)</script>");
    assertThat(told.path("datePublished").asText()).isEqualTo(Samples.NINE.toString());
  }

  @Test
  void withdrawnArticleIsGoneEverywhereWithItsReason() throws Exception {
    oneArticle();
    assertThat(get("/feeds/all.rss").body()).contains("Headline of a1");

    publish(Samples.withdrawn("a1", "The wrong person was named."));

    HttpResponse<String> program = get("/articles/a1");
    assertThat(program.statusCode()).isEqualTo(410);
    assertThat(header(program, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(json(program).path("reason").asText()).isEqualTo("The wrong person was named.");
    HttpResponse<String> person = get("/articles/a1", "Accept", HTML);
    assertThat(person.statusCode()).isEqualTo(410);
    assertThat(person.body()).contains("The wrong person was named.");
    for (String path : List.of("/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json", "/")) {
      assertThat(get(path, "Accept", HTML).body()).as(path).doesNotContain("of a1");
    }
  }

  @Test
  void expiredArticleStaysReadable() throws Exception {
    publish(
        PublishedArticle.newBuilder(Samples.published("a1")).setExpired(true).build());

    assertThat(get("/articles/a1").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/?section=world", "/section/world", "/topic/trade", "/articles/a1"})
  void markupInTextIsShownAsText(String path) throws Exception {
    Article hostile = Samples.article("a1")
        .setHeadline(ATTACK)
        .setLead(ATTACK)
        .setByline(ATTACK)
        .setSection(new Label("world", ATTACK))
        .setBodyHtml("<p>" + ATTACK + "</p>")
        .build();
    PublishedArticle record = Samples.published(hostile, Samples.NINE);
    publish(record);
    for (String feedId : List.of("all", "section/world", "topic/trade", "kind/gallery")) {
      news.feed(feedId, Samples.feed(feedId, ATTACK, record));
    }
    news.mostRead("now/all", Samples.mostRead("now", "all", "a1"));

    String page = get(path, "Accept", HTML).body();

    assertThat(page)
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain("<script>", "<img src=x", "<img src=\"x\" onerror");
  }

  @Test
  void frontPageShowsTopStoriesListsAndFeedsOfItsNews() throws Exception {
    oneArticle();
    news.feed("section/sport", Samples.feed("section/sport", "Sport", Samples.published("a1")));
    news.feed("section/world", Samples.feed("section/world", "World", Samples.published("a1")));
    news.mostRead("today/all", Samples.mostRead("today", "all", "a1", "a2"));

    String page = get("/", "Accept", HTML).body();

    assertThat(page)
        .contains("Headline of a1", "Photo: P. Grapher", "data-window=\"today\"", "100 reads")
        .contains("data-position=\"t.1\"");
    assertThat(page.indexOf("/section/world")).isLessThan(page.indexOf("/section/sport"));
  }

  private void editorsLists() {
    publish(Samples.published("a1"));
    publish(Samples.published("a2"));
    news.feed(
        "curated/top-stories",
        Samples.curated(
            "curated/top-stories",
            "Top stories",
            Samples.entry(Samples.published("a2")),
            Samples.link("Their scoop", "https://other.example/scoop?a=1&b=2"),
            Samples.entry(Samples.published("a1"))));
    news.feed(
        "curated/in-other-media",
        Samples.curated(
            "curated/in-other-media",
            "In other media",
            Samples.link(ATTACK, "https://other.example/comment")));
  }

  @Test
  void frontPageShowsWhatTheEditorsChoseInTheirOrder() throws Exception {
    editorsLists();

    String page = get("/", "Accept", HTML).body();

    assertThat(page.indexOf("Headline of a2")).isLessThan(page.indexOf("Their scoop"));
    assertThat(page.indexOf("Their scoop")).isLessThan(page.indexOf("Headline of a1"));
    assertThat(page)
        .contains(" href=\"https://other.example/scoop?a=1&amp;b=2\" rel=\"noopener external\"")
        .contains("In other media", "https://other.example/comment", "The Other Paper")
        .doesNotContain("<script>", "href=\"/articles/\"", "data-article=\"\"");
  }

  @Test
  void editorsListIsAPageAndAFeedWithoutFurtherPages() throws Exception {
    editorsLists();

    String page = get("/curated/top-stories", "Accept", HTML).body();
    JsonNode feed = json(get("/feeds/curated/top-stories.json"));

    assertThat(page.indexOf("Headline of a2")).isLessThan(page.indexOf("Their scoop"));
    assertThat(page.indexOf("Their scoop")).isLessThan(page.indexOf("Headline of a1"));
    assertThat(page).doesNotContain("More news");
    assertThat(feed.path("items"))
        .extracting(item -> item.path("title").asText())
        .containsExactly("Headline of a2", "Their scoop", "Headline of a1");
    assertThat(feed.has("next_url")).isFalse();
  }

  @Test
  void withdrawnArticleLeavesTheEditorsListInEveryFormatAtOnce() throws Exception {
    editorsLists();
    List<String> paths = List.of(
        "/feeds/curated/top-stories.rss",
        "/feeds/curated/top-stories.atom",
        "/feeds/curated/top-stories.json",
        "/curated/top-stories",
        "/");
    for (String path : paths) {
      assertThat(get(path, "Accept", HTML).body()).as(path).contains("Headline of a2");
    }

    publish(Samples.withdrawn("a2", "wrong"));

    for (String path : paths) {
      assertThat(get(path, "Accept", HTML).body())
          .as(path)
          .doesNotContain("of a2")
          .contains("Their scoop");
    }
  }

  @Test
  void boxOfOtherMediaIsNotThereWithoutAList() throws Exception {
    oneArticle();

    assertThat(get("/", "Accept", HTML).body()).doesNotContain("In other media");
  }

  // ---- read also ----

  private static PublishedArticle at(String id, Instant feedTime) {
    return Samples.published(Samples.article(id).build(), feedTime);
  }

  private List<String> readAlso(String articleId) throws Exception {
    List<String> ids = new ArrayList<>();
    json(get("/articles/" + articleId + ".json"))
        .path("readAlso")
        .forEach(entry -> ids.add(entry.path("articleId").asText()));
    return ids;
  }

  @Test
  void articleSaysWhatToReadAlsoAndWhy() throws Exception {
    publish(Samples.published(
        Samples.article("a1").setReadAlso(List.of("chosen", "none")).build(), Samples.NINE));
    publish(at("chosen", Samples.NINE.minus(Duration.ofDays(900))));
    publish(at("related", Samples.NINE.minusSeconds(60)));
    settle();

    JsonNode list = json(get("/articles/a1.json")).path("readAlso");

    assertThat(list).hasSize(2);
    assertThat(list.path(0).path("articleId").asText()).isEqualTo("chosen");
    assertThat(list.path(0).path("why").toString()).isEqualTo("[\"editor\"]");
    assertThat(list.path(1).path("url").asText())
        .isEqualTo("https://news.example/articles/related");
    assertThat(list.path(1).path("why").toString())
        .isEqualTo("[\"section/world\",\"topic/trade\"]");
    assertThat(list.path(1).path("date").asText()).isEqualTo("2026-03-02");
  }

  @Test
  void pageGroupsReadAlsoByTheNewsroomsDays() throws Exception {
    publish(Samples.published(
        Samples.article("a1").setReadAlso(List.of("chosen")).build(), Samples.NINE));
    publish(at("chosen", Samples.NINE));
    publish(at("today", Instant.parse("2026-03-02T00:00:00Z")));
    publish(at("yesterday", Instant.parse("2026-03-01T23:59:59Z")));
    publish(at("earlier", Instant.parse("2026-02-28T12:00:00Z")));
    settle();

    String page = get("/articles/a1", "Accept", HTML).body();
    String list = page.substring(page.indexOf("id=\"read-also\""));

    assertThat(list.split("\\s*<[^>]*>\\s*", -1))
        .containsSubsequence(
            "Read also",
            "Chosen by the editors",
            "Headline of chosen",
            "Today",
            "00:00",
            "Headline of today",
            "Yesterday",
            "23:59",
            "Headline of yesterday",
            "28 February 2026",
            "Headline of earlier");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", HTML})
  void etagOfAnArticleChangesWithTheArticlesItLinks(String accept) throws Exception {
    publish(Samples.published("a1"));
    publish(Samples.published("linked"));
    settle();
    String first = header(get("/articles/a1", "Accept", accept), "ETag");
    assertThat(header(get("/articles/a1", "Accept", accept), "ETag")).isEqualTo(first);

    Article renamed =
        Samples.article("linked").setVersion(2).setHeadline("Renamed").build();
    publish(Samples.published(renamed, Samples.NINE));
    HttpResponse<String> second = get("/articles/a1", "Accept", accept, "If-None-Match", first);
    assertThat(second.body()).contains("Renamed");

    publish(Samples.withdrawn("linked", "wrong"));
    HttpResponse<String> third =
        get("/articles/a1", "Accept", accept, "If-None-Match", header(second, "ETag"));
    assertThat(third.statusCode()).isEqualTo(200);
    assertThat(third.body()).doesNotContain("Renamed", "articles/linked");
  }

  @Test
  void followerOfAnArticleIsToldItsListAndEachChangeOfIt() throws Exception {
    publish(Samples.published("a1"));
    publish(Samples.published("linked"));
    settle();
    String path = "/events?feeds=section/none&windows=&related=a1";
    try (EventReader reader = EventReader.open(client, request(path))) {
      EventReader.Event first = reader.next();
      assertThat(first.name()).isEqualTo("read-also");
      assertThat(first.data()).contains("\"articleId\":\"a1\"", "Headline of linked");

      Article renamed =
          Samples.article("linked").setVersion(2).setHeadline("Renamed").build();
      publish(Samples.published(renamed, Samples.NINE));
      assertThat(reader.next().data()).contains("Renamed");

      Article unrelated = Samples.article("unrelated")
          .setHeadline("x")
          .setLead("")
          .setBodyHtml("")
          .setTopics(List.of())
          .build();
      publish(Samples.published(unrelated, Samples.NINE));
      publish(Samples.published("newcomer"));
      settle();
      assertThat(reader.next().data()).contains("Headline of newcomer").doesNotContain("unrelated");

      publish(Samples.withdrawn("linked", "wrong"));
      assertThat(reader.next().name()).isEqualTo("withdrawn");
      assertThat(reader.next().data()).contains("newcomer").doesNotContain("linked");
    }
    assertThat(get("/events?related=../x").statusCode()).isEqualTo(400);
  }

  // ---- search ----

  private List<String> found(String path) throws Exception {
    List<String> ids = new ArrayList<>();
    json(get(path))
        .path("items")
        .forEach(item -> ids.add(item.path("_newsfeed").path("articleId").asText()));
    return ids;
  }

  @Test
  void searchIsAJsonFeedForProgramsAndAPageForPeople() throws Exception {
    publish(Samples.published("a1"));
    settle();

    HttpResponse<String> program = get("/search?q=headline");
    HttpResponse<String> person = get("/search?q=headline", "Accept", HTML);

    assertThat(header(program, "Content-Type")).isEqualTo("application/feed+json");
    assertThat(json(program).path("feed_url").asText())
        .isEqualTo("https://news.example/search.json?q=headline");
    assertThat(json(program).path("_newsfeed").path("total").asInt()).isEqualTo(1);
    assertThat(json(program).path("items").path(0).path("id").asText())
        .isEqualTo("tag:news.example,2026:a1");
    assertThat(get("/search.json?q=headline", "Accept", HTML).body()).isEqualTo(program.body());
    assertThat(person.body())
        .contains("<form class=\"search-form\"", "value=\"headline\"", "1 article")
        .contains("<mark>Headline</mark> of a1");
    assertThat(get("/", "Accept", HTML).body()).contains("action=\"/search\"");
  }

  @Test
  void searchTakesPhrasesAndFilters() throws Exception {
    publish(at("a1", Samples.NINE));
    publish(at("a2", Samples.NINE.minus(Duration.ofDays(3))));
    Article sport = Samples.article("a3")
        .setSection(new Label("sport", "Sport"))
        .setTopics(List.of(new Label("cup", "Cup")))
        .setPersons(List.of(new Label("ada-lovelace", "Ada Lovelace")))
        .build();
    publish(Samples.published(sport, Samples.NINE));
    settle();

    assertThat(found("/search?q=%22lead+of+a2%22")).containsExactly("a2");
    assertThat(found("/search?q=lead&section=world")).containsExactly("a1", "a2");
    assertThat(found("/search?topic=cup")).containsExactly("a3");
    assertThat(found("/search?person=ada-lovelace&sort=relevance")).containsExactly("a3");
    assertThat(found("/search?q=lead&from=2026-03-01&to=2026-03-02")).containsExactly("a1", "a3");
    assertThat(found("/search?to=2026-02-27")).containsExactly("a2");
    assertThat(found("/search?q=!!!")).isEmpty();
    assertThat(found("/search?q=lovelace")).containsExactly("a3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "q",
        "q=&sort=relevance",
        "section=%3Cscript%3E",
        "q=x&from=yesterday",
        "q=x&to=9999-01-01",
        "q=x&sort=best",
        "q=x&after=nonsense",
        "long",
        "many"
      })
  void searchNamesWhatIsWrong(String parameters) throws Exception {
    String query = switch (parameters) {
      case "long" -> "q=" + "x".repeat(501);
      case "many" -> "q=" + "x+".repeat(33);
      default -> parameters;
    };
    HttpResponse<String> response = get("/search?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("detail").asText())
        .matches("(q|section|from|to|sort|after): .*");
  }

  @Test
  void emptySearchIsAFormForPeople() throws Exception {
    HttpResponse<String> form = get("/search", "Accept", HTML);

    assertThat(form.statusCode()).isEqualTo(200);
    assertThat(form.body()).contains("search-form").doesNotContain("Nothing was found");
    assertThat(get("/search?q=nowhere", "Accept", HTML).body()).contains("Nothing was found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&sort=relevance"})
  void searchLeadsThroughAllThatItFinds(String order) throws Exception {
    for (int i = 0; i < 47; i++) {
      publish(at("a" + i, Samples.NINE.minusSeconds(i / 4)));
    }
    settle();

    List<String> seen = new ArrayList<>();
    String path = "/search.json?q=body" + order;
    while (!path.isEmpty()) {
      seen.addAll(found(path));
      path = json(get(path)).path("next_url").asText().replace("https://news.example", "");
    }

    assertThat(seen).hasSize(47).doesNotHaveDuplicates();
    assertThat(get("/search?q=body" + order, "Accept", HTML).body())
        .contains("href=\"/search?q=body");
  }

  @Test
  void searchShowsWhatAnArticleIsNow() throws Exception {
    publish(Samples.published("a1"));
    publish(Samples.published("a2"));
    settle();
    assertThat(found("/search?q=body")).containsExactly("a1", "a2");

    publish(Samples.withdrawn("a1", "wrong")); // not searchable for a second
    assertThat(found("/search?q=body")).containsExactly("a2");
    assertThat(get("/search?q=headline", "Accept", HTML).body()).doesNotContain("of a1");

    settle();
    assertThat(found("/search?q=body")).containsExactly("a2");
    assertThat(json(get("/search?q=body")).path("_newsfeed").path("total").asInt())
        .isEqualTo(1);
  }

  @Test
  void markupInASearchIsShownAsText() throws Exception {
    String attack = URLEncoder.encode(ATTACK, StandardCharsets.UTF_8);
    String page = get("/search?q=" + attack, "Accept", HTML).body();

    assertThat(page).contains("&lt;script&gt;").doesNotContain("<script>", "<img src=x");
  }

  // ---- former addresses ----

  private HttpResponse<String> moved(String path) throws Exception {
    return get(path); // this client does not follow
  }

  @Test
  void formerAddressLeadsToTheArticle() throws Exception {
    Article own = Samples.article("own")
        .setUrl("/2026/own.html")
        .setAliases(List.of("https://news.example/articles/2017/old.html"))
        .build();
    publish(Samples.published(own, Samples.NINE));
    Article elsewhere = Samples.article("elsewhere")
        .setUrl("https://www.newsroom.example/new")
        .setAliases(List.of("/old"))
        .build();
    publish(Samples.published(elsewhere, Samples.NINE));

    for (String path : List.of("/2026/own.html", "/articles/2017/old.html?utm=x")) {
      assertThat(moved(path).statusCode()).as(path).isEqualTo(301);
      assertThat(header(moved(path), "Location")).isEqualTo("https://news.example/articles/own");
    }
    assertThat(header(moved("/old"), "Location")).isEqualTo("https://www.newsroom.example/new");
    assertThat(moved("/nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void formerAddressLeadsToOneInLettersOfAnyScript() throws Exception {
    Article bridge = Samples.article("bridge")
        .setUrl("https://www.newsroom.example/мост\u010d\u010aSet-Cookie:a=b")
        .setAliases(List.of("/bridge"))
        .build();
    publish(Samples.published(bridge, Samples.NINE));

    HttpResponse<String> answer = moved("/bridge");

    assertThat(header(answer, "Location"))
        .isEqualTo(
            "https://www.newsroom.example/%D0%BC%D0%BE%D1%81%D1%82%C4%8D%C4%8ASet-Cookie:a=b");
    assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
  }

  @Test
  void addressOfAWithdrawnArticleSaysSo() throws Exception {
    Article article = Samples.article("a1").setUrl("/2026/a1.html").build();
    publish(Samples.published(article, Samples.NINE));
    publish(Samples.withdrawn("a1", "The wrong person was named."));
    settle();

    HttpResponse<String> program = get("/2026/a1.html");
    HttpResponse<String> person = get("/2026/a1.html", "Accept", HTML);

    assertThat(program.statusCode()).isEqualTo(410);
    assertThat(json(program).path("reason").asText()).isEqualTo("The wrong person was named.");
    assertThat(person.statusCode()).isEqualTo(410);
    assertThat(person.body()).contains("The wrong person was named.");
  }

  // ---- nothing survives ----

  @Test
  void nothingOfAWithdrawnTextIsServedAnywhere() throws Exception {
    String marker = "Quixotlwzyx";
    Article secret = Samples.article("secret")
        .setUrl("/2026/" + marker)
        .setHeadline(marker + " headline")
        .setShortHeadline(marker)
        .setLead(marker + " lead")
        .setBodyHtml("<p>" + marker + " body</p>")
        .setByline(marker)
        .build();
    PublishedArticle record = Samples.published(secret, Samples.NINE);
    publish(Samples.published(
        Samples.article("other").setReadAlso(List.of("secret")).build(), Samples.NINE));
    String before = news.events().position();
    publish(record);
    List<String> feeds =
        List.of("all", "section/world", "topic/trade", "kind/article", "curated/top-stories");
    for (String feedId : feeds) {
      news.feed(feedId, Samples.feed(feedId, feedId, record));
    }
    MostReadList list = Samples.mostRead("now", "all", "secret", "other");
    list.getEntries()
        .set(
            0,
            MostReadEntry.newBuilder(list.getEntries().get(0))
                .setHeadline(marker)
                .build());
    news.mostRead("now/all", list);
    settle();
    List<String> paths = new ArrayList<>(List.of(
        "/",
        "/articles/other",
        "/articles/other.json",
        "/articles/secret",
        "/articles/secret.json",
        "/most-read/now",
        "/feeds",
        "/search?q=headline",
        "/search.json?q=" + marker));
    for (String feedId : feeds) {
      paths.add("/" + feedId);
      for (String format : List.of(".json", ".rss", ".atom")) {
        paths.add("/feeds/" + feedId + format);
        paths.add("/feeds/" + feedId + format + "?limit=7");
      }
    }
    assertThat(paths.stream().filter(path -> shows(path, marker)).toList())
        .contains(
            "/", "/articles/other", "/most-read/now", "/feeds/curated/top-stories.rss?limit=7");

    publish(Samples.withdrawn("secret", "wrong"));

    assertThat(paths).noneMatch(path -> shows(path, marker));
    assertThat(replayed(before)).noneMatch(event -> event.data().contains(marker));
    settle();
    assertThat(paths).noneMatch(path -> shows(path, marker));
    news.mostRead("now/all", list); // the job hears of it later
    assertThat(paths).noneMatch(path -> shows(path, marker));
    assertThat(replayed(before)).noneMatch(event -> event.data().contains(marker));
  }

  /** Except where a page says again what was looked for. */
  private boolean shows(String path, String marker) {
    try {
      String said = path.contains("q=") ? "q=" + marker : "";
      return get(path, "Accept", HTML)
          .body()
          .replace(said.isEmpty() ? "\0" : said, "")
          .replace("search for " + marker, "")
          .contains(marker);
    } catch (Exception e) {
      throw new IllegalStateException(path, e);
    }
  }

  /** What a subscriber gets who comes back with an id: two events and a list. */
  private List<EventReader.Event> replayed(String lastEventId) throws Exception {
    HttpRequest.Builder again =
        request("/events?related=other").header("Last-Event-ID", lastEventId);
    try (EventReader reader = EventReader.open(client, again)) {
      List<EventReader.Event> events = List.of(reader.next(), reader.next(), reader.next());
      assertThat(events)
          .extracting(EventReader.Event::name)
          .containsExactlyInAnyOrder("withdrawn", "most-read", "read-also");
      return events;
    }
  }

  @Test
  void repeatedNoticeIsNotToldAgain() throws Exception {
    try (EventReader reader = EventReader.open(client, request("/events?windows="))) {
      publish(Samples.withdrawn("a1", "wrong"));
      publish(PublishedArticle.newBuilder(Samples.withdrawn("a1", "wrong"))
          .setVersion(10)
          .setChangedAt(Samples.NINE.plusSeconds(9))
          .build());
      publish(Samples.withdrawn("a1", "wrong, and the reason was, too"));
      publish(Samples.published("a2"));

      assertThat(reader.next().data()).contains("\"reason\":\"wrong\"");
      assertThat(reader.next().data()).contains("the reason was, too");
      assertThat(reader.next().name()).isEqualTo("published");
    }
    assertThat(json(get("/articles/a1")).path("reason").asText()).contains("the reason was, too");
  }

  // ---- most read ----

  @Test
  void mostReadListTellsItsWindowAndAge() throws Exception {
    news.mostRead("now/all", Samples.mostRead("now", "all", "a1"));

    JsonNode list = json(get("/most-read/now"));

    assertThat(list.path("asOf").asText()).isEqualTo("2026-03-02T09:00:00Z");
    assertThat(list.path("entries").path(0).path("url").asText())
        .isEqualTo("https://news.example/articles/a1");
    assertThat(list.path("refused").path("bot").asInt()).isEqualTo(3);
  }

  @Test
  void listsOfAnEditionStandBesideTheNewsroomsOwn() throws Exception {
    MostReadList tokyo = MostReadList.newBuilder(Samples.mostRead("today", "all", "a2"))
        .setEdition("tokyo")
        .build();
    news.mostRead("today/all", Samples.mostRead("today", "all", "a1"));
    news.mostRead("today/all@tokyo", tokyo);

    JsonNode own = json(get("/most-read/today"));
    JsonNode other = json(get("/most-read/today?edition=tokyo"));

    assertThat(own.path("entries").path(0).path("articleId").asText()).isEqualTo("a1");
    assertThat(other.path("entries").path(0).path("articleId").asText()).isEqualTo("a2");
    assertThat(get("/most-read/today?edition=To%20kyo").statusCode()).isEqualTo(400);
  }

  @Test
  void scopeThatNobodyHasReadIsAnEmptyList() throws Exception {
    HttpResponse<String> response = get("/most-read/today?scope=kind/gallery");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("entries")).isEmpty();
  }

  // ---- registry, media, health ----

  @Test
  void clientsOfARegistryFindTheSchemasOfOurTopics() throws Exception {
    JsonNode latest = json(get("/subjects/test.feeds-value/versions/latest"));
    JsonNode byId = json(get("/schemas/ids/" + latest.path("id").asInt()));

    assertThat(json(get("/subjects")).toString()).contains("\"test.feeds-value\"");
    assertThat(json(get("/subjects/test.feeds-value/versions")).toString()).isEqualTo("[1,2]");
    assertThat(byId.path("schema")).isEqualTo(latest.path("schema"));
    assertThat(json(get("/schemas/ids/99999")).path("error_code").asInt()).isEqualTo(40403);
  }

  @Test
  void registryLooksUpWhatIsPublishedAndAddsNothing() throws Exception {
    String known = SchemaCatalogue.shipped().schema(6).toString();
    String body = new ObjectMapper().createObjectNode().put("schema", known).toString();

    assertThat(post("/subjects/test.feeds-value", body).body()).contains("\"id\":6");
    assertThat(post("/subjects/test.feeds-value", "{\"schema\":\"\\\"string\\\"\"}")
            .statusCode())
        .isEqualTo(404);
    assertThat(post("/subjects/test.feeds-value", "nonsense").statusCode()).isEqualTo(422);
    assertThat(post("/feeds/all", "{}").statusCode()).isEqualTo(405);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  @Test
  void picturesAreServedForEverAndCanRunNothing() throws Exception {
    HttpResponse<String> picture = get("/media/demo/harbour.svg");

    assertThat(header(picture, "Content-Type")).isEqualTo("image/svg+xml");
    assertThat(header(picture, "Cache-Control")).contains("immutable");
    assertThat(header(picture, "Content-Security-Policy"))
        .contains("default-src 'none'", "sandbox");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/media/demo/../secret.svg",
        "/media/demo/%2e%2e/secret.svg",
        "/media/demo/..%2fsecret.svg",
        "/media/demo/%5c..%5csecret.svg",
        "/media/demo//secret.svg"
      })
  void noPathLeadsOutOfThePictures(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isIn(400, 404);
    assertThat(response.body()).doesNotContain("secret\n");
  }

  @Test
  void healthServesTheFailureItself() throws Exception {
    site.caughtUp = false;
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/events").statusCode()).isEqualTo(503);

    site.caughtUp = true;
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);

    site.failure = new IllegalStateException("the archive cannot be written");
    assertThat(get("/health/live").body()).contains("the archive cannot be written");
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  // ---- events ----

  @Test
  void streamTellsWhatHappens() throws Exception {
    try (EventReader reader = EventReader.open(client, request("/events"))) {
      publish(Samples.published("a1"));
      publish(Samples.withdrawn("a1", "wrong"));
      news.mostRead("now/all", Samples.mostRead("now", "all", "a2"));
      news.batchDone(Samples.NINE);

      assertThat(reader.next().name()).isEqualTo("published");
      EventReader.Event withdrawn = reader.next();
      assertThat(withdrawn.name()).isEqualTo("withdrawn");
      assertThat(withdrawn.id()).isEqualTo("t.2");
      assertThat(reader.next().data()).contains("\"window\":\"now\"");
    }
  }

  @Test
  void streamCarriesOnlyWhatWasAskedForAndEveryWithdrawal() throws Exception {
    String path = "/events?feeds=section/sport&windows=";
    try (EventReader reader = EventReader.open(client, request(path))) {
      news.mostRead("now/all", Samples.mostRead("now", "all", "a2"));
      publish(Samples.published("world"));
      Article sport =
          Samples.article("sport").setSection(new Label("sport", "Sport")).build();
      publish(Samples.published(sport, Samples.NINE));
      publish(Samples.withdrawn("world", "wrong"));

      assertThat(reader.next().data()).contains("\"articleId\":\"sport\"");
      assertThat(reader.next().name()).isEqualTo("withdrawn");
    }
  }

  @Test
  void returningReaderGetsWhatItMissedAndNothingTwice() throws Exception {
    String seen;
    try (EventReader reader = EventReader.open(client, request("/events?windows="))) {
      publish(Samples.published("a0"));
      seen = reader.next().id();
    }
    Set<String> expected = new LinkedHashSet<>();
    for (int i = 1; i <= 500; i++) {
      publish(Samples.published("a" + i));
      expected.add("a" + i);
    }

    HttpRequest.Builder again = request("/events?windows=").header("Last-Event-ID", seen);
    try (EventReader reader = EventReader.open(client, again)) {
      for (String id : expected) {
        assertThat(reader.next().data()).contains("\"articleId\":\"" + id + "\"");
      }
      publish(Samples.published("last"));
      assertThat(reader.next().data()).contains("\"articleId\":\"last\"");
    }
  }

  @Test
  void readerWithAnUnknownIdIsToldToStartAfresh() throws Exception {
    publish(Samples.published("a1"));

    HttpRequest.Builder lost = request("/events?lastEventId=other.17");
    try (EventReader reader = EventReader.open(client, lost)) {
      EventReader.Event first = reader.next();
      assertThat(first.name()).isEqualTo("reset");
      assertThat(reader.next().name()).isEqualTo("snapshot");
      EventReader.Event recent = reader.next();
      assertThat(recent.data()).contains("\"articleId\":\"a1\"");
      assertThat(recent.id()).isEqualTo("t.1");
      publish(Samples.published("a2"));
      assertThat(reader.next().name()).isEqualTo("published");
    }
  }

  @Test
  void readersAboveTheLimitAreTurnedAwayAndPlacesComeFree() throws Exception {
    EventReader first = EventReader.open(client, request("/events"));
    EventReader second = EventReader.open(client, request("/events"));
    HttpResponse<String> third = get("/events");
    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(header(third, "Retry-After")).isNotEmpty();

    first.close();
    await().untilAsserted(() -> {
      publish(Samples.published("a1")); // a write is what shows that a reader has gone
      try (EventReader fourth = EventReader.open(client, request("/events"))) {
        assertThat(fourth.status()).isEqualTo(200);
      }
    });
    second.close();
  }

  @Test
  void readerThatDoesNotReadCostsTheOthersNothing() throws Exception {
    try (Socket idle = new Socket("127.0.0.1", site.port());
        EventReader reader = EventReader.open(client, request("/events?windows="))) {
      idle.getOutputStream()
          .write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      idle.getOutputStream().flush();
      await().until(() -> json(get("/health/ready")).path("streams").asInt() == 2);
      String lead = "x".repeat(20_000);
      for (int i = 0; i < 600; i++) {
        Article big = Samples.article("a" + i).setLead(lead).build();
        publish(Samples.published(big, Samples.NINE));
      }
      for (int i = 0; i < 600; i++) {
        assertThat(reader.next().data()).contains("\"articleId\":\"a" + i + "\"");
      }
    }
  }
}
