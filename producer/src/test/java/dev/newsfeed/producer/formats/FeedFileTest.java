package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.producer.formats.NewsImport.Unusable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedFileTest {

  private static final Instant NEWEST = Instant.parse("2026-11-23T09:30:00Z");

  @Test
  void rssItemBecomesAnArticle() throws IOException {
    Article article = article("""
        \uFEFF<?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
             xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
          <title>Example News</title><language>en-gb</language>
          <image><title>A logo</title></image>
          <item>
            <title>Caf&#233;s &amp;amp; bars reopen</title>
            <link>https://news.example/cafes</link>
            <guid isPermaLink="false">n-1</guid>
            <dc:creator>A. Writer</dc:creator>
            <category>City Life</category><category>City life</category><category>Côte d’Azur</category>
            <pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>
            <description><![CDATA[<p>After a year,</p><p>doors open.</p>]]></description>
            <content:encoded><![CDATA[<p>After a year<script>x()</script></p>]]></content:encoded>
            <enclosure url="https://img.example/1.jpg" type="image/jpeg" length="5"/>
          </item>
        </channel></rss>""");

    assertThat(article.getHeadline()).isEqualTo("Cafés & bars reopen");
    assertThat(article.getUrl()).isEqualTo("https://news.example/cafes");
    assertThat(article.getLead()).isEqualTo("After a year, doors open.");
    assertThat(article.getBodyHtml()).isEqualTo("<p>After a year</p>");
    assertThat(article.getTopics())
        .containsExactly(
            new Label("city-life", "City Life"), new Label("cote-d-azur", "Côte d’Azur"));
    assertThat(article.getByline()).isEqualTo("A. Writer");
    assertThat(article.getSource()).isEqualTo("Example News");
    assertThat(article.getLanguage()).isEqualTo("en-gb");
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2026-11-23T09:00:00Z"));
    assertThat(article.getPhotos())
        .containsExactly(new Photo("https://img.example/1.jpg", 0, 0, null, null, null));
  }

  @Test
  void atomEntryBecomesAnArticle() throws IOException {
    Article article = article("""
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Example</title>
          <entry>
            <id>tag:news.example,2026:1</id>
            <title type="html">A &lt;b&gt;bold&lt;/b&gt; move</title>
            <link rel="self" href="https://news.example/1.atom"/>
            <link href="https://news.example/1"/>
            <author><name>A. Writer</name></author>
            <category term="politics" label="Politics"/>
            <published>2026-11-23T10:00:00.1234+01:00</published>
            <updated>2026-11-23T11:00:00+01:00</updated>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One <a
                href="https://x.example/?a=1&amp;b=2">two</a> &lt;three&gt;</p></div></content>
          </entry>
        </feed>""");

    assertThat(article.getHeadline()).isEqualTo("A bold move");
    assertThat(article.getUrl()).isEqualTo("https://news.example/1");
    assertThat(article.getLead()).isEqualTo("One two <three>");
    assertThat(article.getBodyHtml())
        .isEqualTo(
            "<p>One <a href=\"https://x.example/?a&#61;1&amp;b&#61;2\">two</a> &lt;three&gt;</p>");
    assertThat(article.getTopics()).containsExactly(new Label("politics", "Politics"));
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2026-11-23T09:00:00.123Z"));
  }

  @Test
  void itemKeepsItsIdWhenItsTextChanges() throws IOException {
    String before = "<rss><channel><item><guid>n-1</guid><title>One</title></item></channel></rss>";

    assertThat(article(before).getArticleId())
        .isEqualTo(article(before.replace("One", "Two")).getArticleId())
        .isNotEqualTo(article(before.replace("n-1", "n-2")).getArticleId());
  }

  @Test
  void itemsWithoutDateKeepTheOrderOfTheFile() throws IOException {
    List<Item> items = read("<rss><channel><item><title>One</title></item>"
        + "<item><title>Two</title></item></channel></rss>");

    assertThat(items)
        .extracting(item -> ((Story) item).article().getFirstPublished())
        .containsExactly(NEWEST, NEWEST.minusSeconds(60));
  }

  @Test
  void badItemsAreToldAndStopNothing() throws IOException {
    List<Item> items = read("""
        <rss><channel>
          <item><description>no name at all</description></item>
          <item><title>One</title><pubDate>yesterday</pubDate></item>
          <item><guid>n-3</guid><title> </title></item>
          <item><title>Four</title><link>javascript:alert(1)</link></item>
          <item><title>Five</title></item>
        </channel></rss>""");

    assertThat(items.subList(0, 4)).allMatch(item -> item instanceof Unusable);
    assertThat(items.subList(0, 4))
        .extracting(item -> ((Unusable) item).problem().field())
        .containsExactly("guid", "pubDate", "headline", "url");
    assertThat(items).extracting(Item::line).containsExactly(2, 3, 4, 5, 6);
    assertThat(items.get(4)).isInstanceOf(Story.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 01 Jan 0000 00:00:00 GMT",
        "Sat, 01 Jan -0001 00:00:00 GMT",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "+999999999-12-31T23:59:59-18:00",
        "1899-12-31T23:59:59Z",
        "0",
        "-1",
        "1795426200",
      })
  void impossibleDateIsNamedAndStopsNothing(String date) throws IOException {
    List<Item> items = read("""
        <rss><channel>
          <item><title>One</title><pubDate>%s</pubDate></item>
          <item><title>Two</title></item>
        </channel></rss>""".formatted(date));

    assertThat(items.get(0)).isInstanceOfSatisfying(Unusable.class, bad -> {
      assertThat(bad.problem().field()).isIn("pubDate", "firstPublished");
      assertThat(bad.line()).isEqualTo(2);
    });
    assertThat(items.get(1)).isInstanceOf(Story.class);
  }

  /** The publication job holds it until then; an import has no other opinion. */
  @Test
  void dateInTwoDaysIsTakenAsItIs() throws IOException {
    Article article = article("<rss><channel><item><title>One</title>"
        + "<pubDate>Wed, 25 Nov 2026 09:30:00 GMT</pubDate></item></channel></rss>");

    assertThat(article.getFirstPublished()).isEqualTo(NEWEST.plus(Duration.ofHours(48)));
  }

  @Test
  void fileThatBreaksOffGivesWhatItHas() throws IOException {
    List<Item> items =
        read("<rss><channel><item><title>One</title></item>\n<item><title>Two</oops></item>");

    assertThat(items).hasSize(2);
    assertThat(items.get(0)).isInstanceOf(Story.class);
    assertThat(items.get(1)).isInstanceOfSatisfying(Unusable.class, bad -> {
      assertThat(bad.problem().reason()).isEqualTo("malformed-xml");
      assertThat(bad.line()).isEqualTo(2);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><rss><channel>"
            + "<item><title>&x;</title></item></channel></rss>",
        "<!DOCTYPE rss SYSTEM \"http://127.0.0.1:1/x.dtd\"><rss></rss>",
        "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss><channel/></rss>",
        "<html><body>not a feed</body></html>",
        "<<<",
      })
  void documentTypesAndOtherXmlAreRefused(String xml) {
    assertThatThrownBy(() -> read(xml))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a file of news");
  }

  @Test
  void sameFileHasTheSameVersionsAndALaterDateAHigherOne() throws IOException {
    String first = """
        <feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:x:1</id>
          <title>One</title><published>2026-11-23T09:00:00Z</published>
          <updated>2026-11-23T10:00:00Z</updated></entry></feed>""";
    Article before = article(first);
    Article after = article(first.replace("10:00:00Z", "10:00:01Z").replace("One", "Two"));

    assertThat(article(first)).isEqualTo(before);
    assertThat(before.getVersion())
        .isEqualTo(Instant.parse("2026-11-23T10:00:00Z").toEpochMilli());
    assertThat(after.getVersion()).isGreaterThan(before.getVersion());
    assertThat(after.getArticleId()).isEqualTo(before.getArticleId());
    assertThat(after.getFirstPublished()).isEqualTo(before.getFirstPublished());
  }

  @Test
  void higherVersionOfAnImportWinsWhereTheDatesAreTheSame() throws IOException {
    String xml = "<rss><channel><item><guid>n-1</guid><title>One</title>"
        + "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>";
    var again = new NewsImport(NEWEST, Duration.ofMinutes(1), 3);
    try (Stream<Item> items = again.read(new ByteArrayInputStream(xml.getBytes(UTF_8)))) {
      Article article = ((Story) items.findFirst().orElseThrow()).article();

      assertThat(article.getVersion()).isEqualTo(article(xml).getVersion() + 2);
    }
  }

  @Test
  void feedDatesItsItemsThatHaveNoDate() throws IOException {
    List<Item> items = read("""
        <rss><channel><lastBuildDate>Mon, 23 Nov 2026 08:00:00 GMT</lastBuildDate>
          <item><title>One</title></item><item><title>Two</title></item></channel></rss>""");

    Instant built = Instant.parse("2026-11-23T08:00:00Z");
    assertThat(items)
        .extracting(item -> ((Story) item).article().getFirstPublished())
        .containsExactly(built, built.minusSeconds(60));
    assertThat(items)
        .extracting(item -> ((Story) item).article().getVersion())
        .containsOnly(built.toEpochMilli());
  }

  @Test
  void numberAsIdIsTheSitesOwn() throws IOException {
    String xml = "<rss><channel><link>https://a.example/</link><item><guid>17</guid>"
        + "<title>One</title></item></channel></rss>";
    String other = xml.replace("a.example", "b.example");

    assertThat(article(xml).getArticleId()).isNotEqualTo(article(other).getArticleId());
    assertThat(article(xml.replace("https:", "http:").replace("/<", "/home<")).getArticleId())
        .isEqualTo(article(xml).getArticleId());
    assertThat(article(xml.replace("17", "https://a.example/17")).getArticleId())
        .isEqualTo(article(other.replace("17", "https://a.example/17")).getArticleId());
  }

  @Test
  void pathIsOneOfTheSiteThatItComesFrom() throws IOException {
    String feed =
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><link href=\"%s\"/><entry><id>urn:x:1</id>"
            + "<title>One</title><link href=\"/2026/one\"/></entry></feed>";

    assertThat(article(feed.formatted("https://a.example/news/")).getUrl())
        .isEqualTo("https://a.example/2026/one");
    assertThat(article(feed.formatted("")).getUrl()).isNull();
  }

  @Test
  void summaryIsKeptWholeAndADescriptionThatIsTheTextCut() throws IOException {
    String words = "word ".repeat(1_000).strip();
    String xml = "<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><item>"
        + "<title>One</title><description>" + words + "</description>%s</item></channel></rss>";

    assertThat(article(xml.formatted("<content:encoded>Text</content:encoded>")).getLead())
        .isEqualTo(words);
    assertThat(article(xml.formatted("")).getLead()).hasSizeLessThan(610).endsWith("…");
  }

  @Test
  void deletedEntryIsAWithdrawal() throws IOException {
    String entry = "<entry><id>urn:x:1</id><title>One</title></entry>";
    String deleted = "<at:deleted-entry xmlns:at=\"http://purl.org/atompub/tombstones/1.0\""
        + " ref=\"urn:x:1\" when=\"2026-11-23T12:00:00Z\"><at:comment>x</at:comment></at:deleted-entry>";
    String feed = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title>%s</feed>";

    Article withdrawal = article(feed.formatted(deleted));

    assertThat(withdrawal.getArticleId())
        .isEqualTo(article(feed.formatted(entry)).getArticleId());
    assertThat(withdrawal.getStatus()).isEqualTo(Status.canceled);
    assertThat(withdrawal.getVersion())
        .isEqualTo(Instant.parse("2026-11-23T12:00:00Z").toEpochMilli());
  }

  @Test
  void picturesOfEitherFormatComeOnceWithWhatIsSaidOfThem() throws IOException {
    Article rss = article("""
        <rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>One</title>
          <enclosure url="https://i.example/1.jpg" type="image/jpeg" length="0"/>
          <media:group>
            <media:content url="https://i.example/1.jpg" medium="image" width="1200" height="800">
              <media:description type="plain">The &lt;b&gt; bridge</media:description>
              <media:credit>P. Grapher</media:credit></media:content>
            <media:content url="https://i.example/2.mp4" type="video/mp4"/></media:group>
        </item></channel></rss>""");
    Article atom = article("""
        <feed xmlns="http://www.w3.org/2005/Atom"><entry xml:lang="de"><id>urn:x:1</id><title>a &lt; b</title>
          <author><name>A. Writer</name><email>a@x.example</email></author>
          <link rel="enclosure" type="image/jpeg" title="The bridge" href="https://i.example/1.jpg"/>
        </entry></feed>""");

    assertThat(rss.getPhotos())
        .containsExactly(
            new Photo("https://i.example/1.jpg", 1200, 800, "The <b> bridge", "P. Grapher", null));
    assertThat(atom.getPhotos())
        .containsExactly(new Photo("https://i.example/1.jpg", 0, 0, "The bridge", null, null));
    assertThat(atom.getHeadline()).isEqualTo("a < b");
    assertThat(atom.getByline()).isEqualTo("A. Writer");
    assertThat(atom.getLanguage()).isEqualTo("de");
  }

  /** Every way in which XML can make its reader ask another server for something. */
  @Test
  void nothingIsEverFetched() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      asked.add(exchange.getRequestURI().getPath());
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.start();
    try {
      String there = "http://127.0.0.1:" + server.getAddress().getPort();
      for (String xml : List.of(
          "<!DOCTYPE rss SYSTEM \"%s/dtd\"><rss/>",
          "<!DOCTYPE rss PUBLIC \"-//x\" \"%s/public\"><rss/>",
          "<!DOCTYPE rss [<!ENTITY x SYSTEM \"%s/entity\">]><rss><channel><item><title>&x;</title>"
              + "</item></channel></rss>",
          "<!DOCTYPE rss [<!ENTITY %% x SYSTEM \"%s/parameter\"> %%x;]><rss/>")) {
        assertThatThrownBy(() -> read(xml.formatted(there)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("has a document type");
      }
      List<Item> included = read("""
          <?xml-stylesheet href="%1$s/style"?>
          <rss xmlns:xi="http://www.w3.org/2001/XInclude"
               xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="%1$s/xsd">
            <channel><item><title>One</title></item>
            <item><title>Two <xi:include href="%1$s/include" parse="text"/></title></item>
            <item><title>Three</title></item></channel></rss>""".formatted(there));

      assertThat(included).hasSize(2);
      assertThat(included.get(1))
          .isInstanceOfSatisfying(
              Unusable.class, bad -> assertThat(bad.problem().detail()).contains("XInclude"));
      assertThat(asked).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void laughsAreNotCounted() {
    String laughs = IntStream.range(1, 30)
        .mapToObj(i -> "<!ENTITY l" + i + " \"&l" + (i - 1) + ";&l" + (i - 1) + ";\">")
        .collect(Collectors.joining());
    String bomb = "<!DOCTYPE rss [<!ENTITY l0 \"ha\">" + laughs
        + "]><rss><channel><item><title>&l29;" + "</title></item></channel></rss>";

    assertThatThrownBy(() -> read(bomb)).hasMessageContaining("has a document type");
  }

  @Test
  void textWithoutEndIsCut() throws IOException {
    List<Item> items = read("<rss><channel><item><title>" + "x".repeat(5 << 20)
        + "</title></item><item><title>Two</title></item></channel></rss>");

    assertThat(items.get(0))
        .isInstanceOfSatisfying(
            Unusable.class, bad -> assertThat(bad.problem().detail()).contains("characters"));
    assertThat(items.get(1)).isInstanceOf(Story.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Mon, 23 Nov 2026 10:00:00 GMT  | 2026-11-23T10:00:00Z",
        "Tue, 23 Nov 2026 10:00 +0100   | 2026-11-23T09:00:00Z",
        "3 Nov 26 09:05:00 EST          | 2026-11-03T14:05:00Z",
        "3 Nov 49 09:05:00 GMT          | 2049-11-03T09:05:00Z",
        "3 Nov 50 09:05:00 GMT          | 1950-11-03T09:05:00Z",
        "3 Nov 99 09:05:00 GMT          | 1999-11-03T09:05:00Z",
        "2026-11-23T10:00:00+01:00      | 2026-11-23T09:00:00Z",
        "23.11.2026                     | ",
        "Mon, 35 Nov 2026 10:00:00 GMT  | ",
      })
  void datesAreReadAsFeedsWriteThem(String date, Instant expected) {
    assertThat(NewsDates.parsed(date)).isEqualTo(expected);
  }

  private static Article article(String xml) throws IOException {
    List<Item> items = read(xml);
    assertThat(items).hasSize(1);
    assertThat(items.get(0)).isInstanceOf(Story.class);
    return ((Story) items.get(0)).article();
  }

  private static List<Item> read(String xml) throws IOException {
    var news = new NewsImport(NEWEST, Duration.ofMinutes(1), 1);
    try (Stream<Item> items = news.read(new ByteArrayInputStream(xml.getBytes(UTF_8)))) {
      return items.toList();
    }
  }
}
