package dev.newsfeed.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.producer.NewsImport.Item;
import dev.newsfeed.producer.NewsImport.Story;
import dev.newsfeed.producer.NewsImport.Unusable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
