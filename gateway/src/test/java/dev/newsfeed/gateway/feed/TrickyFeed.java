package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A feed of everything that has broken a reader somewhere, in which every item keeps its article's id. */
final class TrickyFeed {

  static final Addresses ADDRESSES = new Addresses(URI.create("https://news.example"));
  static final Instant TEN = Instant.parse("2026-03-02T10:00:00.123Z");
  static final String CORRECTION = "An earlier version said \"5 < 3\" & more.";

  private static final Map<String, String> HEADLINES = Map.of(
      "quotes", "\"Quotes\" 'and' „others“ & <b>no markup</b>",
      "emoji", "Storm 🌪️ over 👩‍👩‍👧 and 𝒜",
      "cdata", "Ends ]]> here <![CDATA[ and begins",
      "rtl", "خبر عاجل من القاهرة \u200F(2026)",
      "entities", "AT&amp;T &lt;b&gt; &nbsp; &copy; &#128512;",
      "control", "A\u0001B\u000BC\uFFFED",
      "spaces", "  leading,\n\tlines   and trailing  ");

  private TrickyFeed() {}

  private static Article.Builder article(String id) {
    return Samples.article(id).setHeadline(HEADLINES.getOrDefault(id, "Headline of " + id));
  }

  /** The articles by what is tricky about them. */
  static List<Article> articles() {
    List<Article> articles = new ArrayList<>();
    for (String id : HEADLINES.keySet().stream().sorted().toList()) {
      String text = HEADLINES.getOrDefault(id, "");
      articles.add(article(id)
          .setLead(text)
          .setByline(text)
          .setBodyHtml("<p>" + Corrected.text(text) + "</p>")
          .setTopics(List.of(new Label("t", text)))
          .setPhotos(List.of(Photo.newBuilder()
              .setUrl("/p.jpg")
              .setCaption(text)
              .setCredit(text)
              .setAlt(text)
              .build()))
          .build());
    }
    articles.add(article("bare")
        .setLead(null)
        .setBodyHtml(null)
        .setByline(null)
        .setSection(null)
        .setTopics(List.of())
        .setPhotos(List.of())
        .build());
    articles.add(article("blank").setLead("").setBodyHtml(" ").setByline("").build());
    articles.add(article("many-photos")
        .setKind("gallery")
        .setPhotos(IntStream.range(0, 100).mapToObj(TrickyFeed::photo).toList())
        .build());
    articles.add(article("video").setKind("video").build());
    articles.add(article("press:review~1").setKind("press-review").build());
    articles.add(article("addresses")
        .setUrl("https://news.example/möwe/日本?q=ä b|c&d=[1]".replace(" ", "%20"))
        .setPhotos(List.of(
            Photo.newBuilder().setUrl("https://news.example/ö.png?a=1&b=|2").build()))
        .build());
    articles.add(article("full")
        .setShortHeadline("Short")
        .setExtraSections(List.of(new Label("sport", "Sport")))
        .setPersons(List.of(new Label("ada", "Ada Lovelace")))
        .setPlaces(List.of(new Label("rome", "Rome")))
        .setUrgency(1)
        .setLanguage("zh-Hant-TW")
        .setEdition("Evening")
        .setDateline("Rome")
        .setSource("dpa")
        .setCopyright("© 2026 Meridian & others")
        .setUsageTerms("No sale")
        .setPhotoCount(17)
        .setReadAlso(List.of("bare"))
        .setInOtherMedia(
            List.of(new MediaLink("Theirs", "https://other.example/x", "The Other Paper")))
        .setFirstPublished(Samples.NINE)
        .setVersionCreated(TEN)
        .setExpires(TEN.plusSeconds(60))
        .setEvergreen(true)
        .build());
    articles.add(article("corrected").setVersion(2).setVersionCreated(TEN).build());
    articles.add(
        article("corrected-without-text").setVersion(2).setBodyHtml(null).build());
    return articles;
  }

  private static Photo photo(int i) {
    return Photo.newBuilder()
        .setUrl("/photos/" + i + ".jpg")
        .setWidth(i)
        .setHeight(i)
        .setCaption("Photo " + i)
        .setCredit("P. Grapher")
        .build();
  }

  static FeedPage.Item item(Article article) {
    boolean corrected = article.getArticleId().startsWith("corrected");
    PublishedArticle published = PublishedArticle.newBuilder(
            Samples.published(article, Samples.NINE))
        .setCorrections(corrected ? List.of(new Correction(CORRECTION, TEN)) : List.of())
        .build();
    return new FeedPage.Item(Samples.entry(published), article);
  }

  /** All of them, a link to another medium, one that the archive does not have yet, and notices. */
  static FeedDocument document(@Nullable Cursor next) {
    List<FeedPage.Item> items = new ArrayList<>();
    articles().forEach(article -> items.add(item(article)));
    items.add(new FeedPage.Item(
        Samples.link("Their story & ours", "https://other.example/ü?a=1&b=2"), null));
    items.add(new FeedPage.Item(Samples.entry(Samples.published("ahead")), null));
    FeedSummary feed = new FeedSummary("section/world", "World & <more>", 120, 7, Samples.NINE);
    return new FeedDocument(
        new FeedPage(feed, items, next),
        ADDRESSES,
        "Meridian \"News\"",
        links("section/world", next),
        notices());
  }

  /** Of a first page. */
  static FeedLinks links(String feedId, @Nullable Cursor next) {
    return FeedLinks.ofPage(new FeedAddress(feedId, "", null, 50), next);
  }

  static List<PublishedArticle> notices() {
    PublishedArticle withdrawn = PublishedArticle.newBuilder(
            Samples.withdrawn("gone", "Legal <reasons> & others ]]>"))
        .setWithdrawal(new Withdrawal("Legal <reasons> & others ]]>", "Delete it", "full"))
        .setChangedAt(TEN)
        .build();
    PublishedArticle withheld = PublishedArticle.newBuilder(Samples.withdrawn("held", "x"))
        .setStatus(Status.withheld)
        .setWithdrawal(null)
        .build();
    return List.of(withdrawn, withheld);
  }

  /** As it is served. */
  static byte[] bytes(FeedFormat format) {
    return format.write(document(new Cursor(Samples.NINE, "full"))).bytes(false);
  }

  /** The ids that a reader must find, in their order. */
  static List<String> ids() {
    return document(null).page().items().stream()
        .map(item -> ADDRESSES.tag(item.entry()))
        .toList();
  }
}
