package dev.newsfeed.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rometools.rome.feed.synd.SyndEntry;
import com.rometools.rome.feed.synd.SyndFeed;
import com.rometools.rome.feed.synd.SyndLink;
import com.rometools.rome.io.SyndFeedInput;
import dev.newsfeed.avro.Label;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Search as readers and programs meet it. */
class SearchIT {

  private static final String HTML =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

  @TempDir
  Path directory;

  private TestSite site;

  @BeforeEach
  void start() {
    site = new TestSite(directory);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> response = site.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  private List<String> found(String path) throws Exception {
    List<String> ids = new ArrayList<>();
    json(path)
        .path("items")
        .forEach(item -> ids.add(item.path("_newsfeed").path("articleId").asText()));
    return ids;
  }

  private SyndFeed feed(String path) throws Exception {
    HttpResponse<String> response = site.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return new SyndFeedInput().build(new StringReader(response.body()));
  }

  private static String encode(String typed) {
    return URLEncoder.encode(typed, UTF_8);
  }

  // ---- highlighting ----

  @Test
  void pageMarksWhatWasFoundAndShowsMarkupAsText() throws Exception {
    site.publish(Samples.article("a1")
        .setLanguage("en")
        .setHeadline("The <b>fairs</b> & \"others\"")
        .setLead("<script>fair()</script>")
        .setBodyHtml("<p onclick=\"fair\">The <em>fair</em> of A&amp;B &lt;fair&gt;</p>")
        .build());
    site.settle();

    String page = site.get("/search?q=fair", "Accept", HTML).body();

    assertThat(page)
        .contains("The &lt;b&gt;<mark>fairs</mark>&lt;/b&gt; &amp; &quot;others&quot;")
        .contains("&lt;script&gt;<mark>fair</mark>()&lt;/script&gt;")
        .contains("The <mark>fair</mark> of A&amp;B &lt;<mark>fair</mark>&gt;")
        .doesNotContain("<b>", "<em>", "onclick", "<script>fair");
  }

  @Test
  void programsGetTextAndWhereInItTheMarksAre() throws Exception {
    site.publish(Samples.article("a1")
        .setLanguage("en")
        .setHeadline("😀 Running <fast>")
        .setLead("")
        .setBodyHtml("<p>We run. They <b>ran</b>.</p>")
        .build());
    site.settle();

    JsonNode highlights = json("/search.json?q=runs").at("/items/0/_newsfeed/highlights");

    List<String> marked = new ArrayList<>();
    highlights.forEach(one -> one.path("marks")
        .forEach(mark -> marked.add(one.path("in").asText()
            + ": "
            + one.path("text")
                .asText()
                .substring(mark.get(0).asInt(), mark.get(1).asInt()))));
    assertThat(marked).containsExactly("headline: Running", "body: run");
    assertThat(highlights.at("/1/text").asText()).isEqualTo("We run. They ran.");
  }

  @Test
  void nothingOfAWithdrawnOrFormerTextIsHighlighted() throws Exception {
    site.publish(Samples.article("a1").setHeadline("Quixotl one").build());
    site.publish(Samples.article("a2").setHeadline("Quixotl two").build());
    site.settle();
    assertThat(site.get("/search?q=quixotl", "Accept", HTML).body())
        .contains("<mark>Quixotl</mark>");

    site.publish(Samples.withdrawn("a1", "wrong"));
    site.publish(Samples.article("a2").setVersion(2).setHeadline("Another").build());

    for (String path : List.of("/search?q=quixotl", "/search?q=one")) {
      String query = path.substring(path.indexOf('?'));
      String shown = site.get(path, "Accept", HTML).body().replace("value=\"quixotl\"", "");
      assertThat(shown).doesNotContain("Quixotl", "<mark>");
      for (String format : List.of(".json", ".rss", ".atom")) {
        assertThat(site.get("/search" + format + query).body()).doesNotContain("Quixotl");
      }
    }
  }

  // ---- a search as a feed ----

  @ParameterizedTest
  @ValueSource(strings = {"rss", "atom"})
  void searchIsAFeedThatReadersTake(String format) throws Exception {
    for (int i = 0; i < 47; i++) {
      site.publish(
          Samples.published(Samples.article("a" + i).build(), Samples.NINE.minusSeconds(i)));
    }
    site.settle();

    List<String> ids = new ArrayList<>();
    String path = "/search." + format + "?q=body&section=world";
    while (path != null) {
      SyndFeed feed = feed(path);
      assertThat(feed.getTitle()).isEqualTo("Meridian: search for body");
      feed.getEntries().stream().map(SyndEntry::getUri).forEach(ids::add);
      path = next(format, path);
    }

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 47; i++) {
      expected.add("tag:news.example,2026:a" + i);
    }
    assertThat(ids).isEqualTo(expected);
  }

  private @Nullable String next(String format, String path) throws Exception {
    var document = DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(site.get(path).body().getBytes(UTF_8)));
    NodeList links = document.getElementsByTagName(format.equals("rss") ? "atom:link" : "link");
    for (int i = 0; i < links.getLength(); i++) {
      Element link = (Element) links.item(i);
      if (link.getAttribute("rel").equals("next")) {
        return link.getAttribute("href");
      }
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "rss", "atom"})
  void savedSearchChangesWhenWhatItFindsDoesAndOnlyThen(String format) throws Exception {
    site.publish(Samples.article("a1").setHeadline("The fair").build());
    site.settle();
    String path = "/search." + format + "?q=fair";
    HttpResponse<String> first = site.get(path);
    String etag = first.headers().firstValue("ETag").orElseThrow();

    site.publish(Samples.article("a2").setHeadline("Something else").build());
    site.settle();
    assertThat(site.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);

    site.publish(Samples.article("a3").setHeadline("Another fair").build());
    site.settle();
    HttpResponse<String> changed = site.get(path, "If-None-Match", etag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).contains("Another fair");

    site.publish(Samples.withdrawn("a3", "wrong"));
    site.settle();
    assertThat(site.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
  }

  @Test
  void searchThatFindsNothingYetIsAFeedToo() throws Exception {
    SyndFeed atom = feed("/search.atom?q=nothing&from=2026-03-01");

    assertThat(atom.getEntries()).isEmpty();
    assertThat(atom.getUri()).startsWith("tag:news.example,2026:feed/search/");
    assertThat(atom.getLinks())
        .extracting(SyndLink::getHref)
        .contains(
            "https://news.example/search.atom?q=nothing&from=2026-03-01",
            "https://news.example/search?q=nothing&from=2026-03-01");
    assertThat(feed("/search.rss?q=nothing").getEntries()).isEmpty();
    assertThat(site.get("/search.atom?q=nothing").body())
        .isEqualTo(site.get("/search.atom?q=nothing").body());
  }

  @Test
  void formatIsChosenByAcceptAndByExtensionFirst() throws Exception {
    Map<String, String> types = new HashMap<>();
    for (String accept : List.of(HTML, "application/rss+xml", "application/atom+xml", "*/*")) {
      types.put(accept, type(site.get("/search?q=x", "Accept", accept)));
    }

    assertThat(types)
        .containsEntry(HTML, "text/html")
        .containsEntry("application/rss+xml", "application/rss+xml")
        .containsEntry("application/atom+xml", "application/atom+xml")
        .containsEntry("*/*", "application/feed+json");
    assertThat(type(site.get("/search.rss?q=x", "Accept", HTML))).isEqualTo("application/rss+xml");
    assertThat(site.get("/search.exe?q=x").statusCode()).isEqualTo(404);
  }

  private static String type(HttpResponse<String> response) {
    return response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
  }

  @Test
  void browsersLearnHowToSearch() throws Exception {
    HttpResponse<String> response = site.get("/search.opensearch");

    assertThat(type(response)).isEqualTo("application/opensearchdescription+xml");
    Element description = DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(response.body().getBytes(UTF_8)))
        .getDocumentElement();
    assertThat(description.getTagName()).isEqualTo("OpenSearchDescription");
    assertThat(description.getElementsByTagName("ShortName").item(0).getTextContent())
        .isEqualTo("Meridian");
    NodeList urls = description.getElementsByTagName("Url");
    Map<String, String> templates = new HashMap<>();
    for (int i = 0; i < urls.getLength(); i++) {
      Element url = (Element) urls.item(i);
      templates.put(url.getAttribute("type"), url.getAttribute("template"));
    }
    assertThat(templates)
        .containsEntry("text/html", "https://news.example/search?q={searchTerms}")
        .containsEntry("application/rss+xml", "https://news.example/search.rss?q={searchTerms}");
    for (String template : templates.values()) {
      assertThat(site.get(template.replace("{searchTerms}", "fair")).statusCode())
          .isEqualTo(200);
    }
    assertThat(site.get("/", "Accept", HTML).body())
        .contains("type=\"application/opensearchdescription+xml\"", "href=\"/search.opensearch\"");
    assertThat(site.get("/search?q=a%26b&kind=gallery", "Accept", HTML).body())
        .contains("href=\"/search.rss?q=a%26b&amp;kind=gallery\"");
  }

  // ---- filters ----

  @Test
  void filtersHoldTogether() throws Exception {
    site.publish(Samples.article("a1").setKind("gallery").setLanguage("de-AT").build());
    site.publish(Samples.article("a2").setLanguage("de").build());
    site.publish(Samples.article("a3").setKind("gallery").setLanguage("en").build());
    site.publish(Samples.article("a4")
        .setKind("gallery")
        .setLanguage("de")
        .setSection(new Label("sport", "Sport"))
        .build());
    site.settle();

    assertThat(found("/search?q=body&kind=gallery")).containsExactly("a1", "a3", "a4");
    assertThat(found("/search?q=body&lang=de")).containsExactly("a1", "a2", "a4");
    assertThat(found("/search?kind=gallery&lang=de&section=world")).containsExactly("a1");
    assertThat(site.get("/search?q=body&kind=gallery&lang=de&topic=trade", "Accept", HTML)
            .body())
        .contains("name=\"lang\" value=\"de\"", "name=\"topic\" value=\"trade\"");
  }

  // ---- hostile callers ----

  @ParameterizedTest
  @CsvSource({
    "q=x&kind=<b>, kind",
    "q=x&lang=en-GB, lang",
    "q=x&lang=../../etc, lang",
    "q=x&lang=x.*, lang",
    "q=x&after=AAAA, after"
  })
  void wrongParameterIsNamed(String parameters, String name) throws Exception {
    HttpResponse<String> response =
        site.get("/search.rss?" + parameters.replace("<", "%3C").replace(">", "%3E"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(new ObjectMapper().readTree(response.body()).path("detail").asText())
        .startsWith(name + ": ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"unbalanced",
        "un\"bal\"anced\"",
        "-body +body !body",
        "bod*",
        "b?dy",
        "/b.*y/",
        "body~2",
        "[a TO z]",
        "headline:body",
        "\u0000\u0001\u001f\u007f\u0085",
        "\u202e\u2066\ufeff",
        "\ud800x",
        "the and of to",
        "(((((((((((((((((((((((((((((((",
        "&&&&||||"
      })
  void whateverIsTypedIsAnsweredAsWords(String typed) throws Exception {
    site.publish(Samples.article("a1").setLanguage("en").build());
    site.settle();

    for (String sort : List.of("", "&sort=relevance")) {
      String query = "?q=" + encode(typed) + sort;
      for (String path : List.of("/search.json", "/search.rss", "/search.atom")) {
        assertThat(site.get(path + query).statusCode()).as(path + query).isEqualTo(200);
      }
      assertThat(site.get("/search" + query, "Accept", HTML).statusCode()).isEqualTo(200);
    }
    feed("/search.rss?q=" + encode(typed));
    feed("/search.atom?q=" + encode(typed));
  }

  @Test
  void longestQueryIsAnsweredAndALongerOneRefused() throws Exception {
    for (int i = 0; i < 20; i++) { // as many languages in use
      String language = List.of(
              "en", "de", "fr", "es", "it", "pt", "nl", "ru", "sv", "no", "da", "fi", "pl", "cs",
              "tr", "hu", "el", "ar", "th", "ro")
          .get(i);
      site.publish(Samples.article("a" + i).setLanguage(language).build());
    }
    site.settle();
    String most = encode("running ".repeat(32).strip());

    assertThat(site.get("/search?sort=relevance&q=" + most).statusCode()).isEqualTo(200);
    assertThat(site.get("/search?q=" + most + "+more").statusCode()).isEqualTo(400);
    assertThat(site.get("/search?q=" + encode("東".repeat(60))).statusCode()).isEqualTo(400);
    assertThat(site.get("/search?q=" + encode("ก".repeat(500))).statusCode()).isEqualTo(200);
    assertThat(site.get("/search?q=" + "x".repeat(501)).statusCode()).isEqualTo(400);
  }
}
