package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.News;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * {@code /sitemap-news.xml}: what was published in the last 48 hours, for search engines, in Google's
 * news sitemap format. Only articles whose page is on this site, because a sitemap may speak for no
 * other.
 */
public final class NewsSitemap implements Resource {

  static final String PATH = "/sitemap-news.xml";

  private static final Duration LISTED_FOR = Duration.ofDays(2);
  private static final int MAX_URLS = 1_000;

  /** What our pages are written in; articles that do not say theirs are taken to be in it. */
  private static final String LANGUAGE = "en";

  /**
   * A sitemap that may be sent again.
   *
   * @param change how much had changed when it was begun
   * @param until when its oldest entry is too old
   */
  private record Written(long change, Instant until, Content content) {}

  private final News news;
  private final Addresses addresses;
  private final String newsroom;
  private final Clock clock;
  private final AtomicLong changes = new AtomicLong();
  private volatile @Nullable Written written;

  public NewsSitemap(News news, Addresses addresses, String newsroom, Clock clock) {
    this.news = news;
    this.addresses = addresses;
    this.newsroom = newsroom;
    this.clock = clock;
    news.onChange(ids -> changes.incrementAndGet());
  }

  @Override
  public Answer answer(Ask ask) {
    if (!ask.path().equals(PATH)) {
      throw Refused.notFound("there is no such sitemap; there is " + PATH);
    }
    long change = changes.get(); // before reading: what changes meanwhile is newer
    Instant now = clock.instant();
    Written last = written;
    if (last == null || last.change() != change || !now.isBefore(last.until())) {
      last = write(change, now);
      written = last;
    }
    return Answer.ok(last.content(), Answer.REVALIDATE);
  }

  private Written write(long change, Instant now) {
    List<FeedEntry> entries = news.publishedSince(now.minus(LISTED_FOR), MAX_URLS, this::isHere);
    Instant oldest = entries.stream()
        .map(FeedEntry::getFirstPublished)
        .min(Instant::compareTo)
        .orElse(now);
    byte[] bytes = Xml.document(xml -> {
      xml.open(
          "urlset",
          "xmlns",
          "http://www.sitemaps.org/schemas/sitemap/0.9",
          "xmlns:news",
          "http://www.google.com/schemas/sitemap-news/0.9");
      for (FeedEntry entry : entries) {
        url(xml, entry);
      }
      xml.close();
    });
    Content content = new Content("application/xml; charset=utf-8", bytes);
    return new Written(change, oldest.plus(LISTED_FOR), content);
  }

  private boolean isHere(FeedEntry entry) {
    return addresses.isOurs(addresses.article(entry));
  }

  private void url(Xml xml, FeedEntry entry) throws XMLStreamException {
    xml.open("url").text("loc", addresses.uri(addresses.article(entry)));
    xml.open("news:news").open("news:publication");
    xml.text("news:name", newsroom);
    xml.text("news:language", language(FeedDocument.language(entry)));
    xml.close();
    xml.text("news:publication_date", entry.getFirstPublished().toString());
    xml.text("news:title", entry.getHeadline());
    xml.close().close();
  }

  /** ISO 639 without region or script, but for the two kinds of Chinese, which the format tells apart. */
  private static String language(@Nullable String tag) {
    if (tag == null) {
      return LANGUAGE;
    }
    String[] parts = tag.toLowerCase(Locale.ROOT).split("-");
    if (!parts[0].equals("zh")) {
      return parts[0];
    }
    List<String> traditional = List.of("hant", "tw", "hk", "mo");
    return Arrays.stream(parts).anyMatch(traditional::contains) ? "zh-tw" : "zh-cn";
  }
}
