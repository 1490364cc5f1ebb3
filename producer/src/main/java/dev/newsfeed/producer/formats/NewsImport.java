package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.avro.Article;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns files of news into articles: AG's news corpus as CSV, RSS, Atom, JSON Feed, and ninjs. What a
 * file is, is seen from its content. Nothing is sent anywhere:
 *
 * <pre>{@code
 * var news = new NewsImport(clock.instant(), Duration.ofSeconds(30), 1);
 * try (Stream<NewsImport.Item> items = news.read(Path.of("ag-news.csv"))) {
 *   items.forEach(item -> {
 *     if (item instanceof NewsImport.Story story) {
 *       publisher.publish(story.article());
 *     } else if (item instanceof NewsImport.Unusable bad) {
 *       System.err.println("line " + bad.line() + ": " + bad.problem());
 *     }
 *   });
 * }
 * }</pre>
 *
 * The same item has the same article id in every import, made from its content (CSV) or its own id.
 * The version of a ninjs is its own; that of an item in a feed is the last date it bears, in
 * milliseconds, so that the same file has no effect twice, and an older copy none at all. To import items
 * again that have changed but not their date, give a higher version. Items without a date are dated
 * backwards, so that feeds show them in the order of the file:
 *
 * <pre>
 * item 1   newest
 * item 2   newest − gap
 * item 3   newest − 2 gap
 * </pre>
 *
 * @param newest the date of the first item that has none
 * @param gap between two of them
 * @param version of articles from CSV; what is above 1 is added to those that come from dates
 */
public record NewsImport(Instant newest, Duration gap, long version) {

  private static final int SNIFFED_BYTES = 512;
  private static final int ID_HEX_DIGITS = 20;

  static {
    try {
      // Avro builds no record of ours before the serde has said that they are trusted, and nothing
      // else in an import loads the serde
      MethodHandles.lookup().ensureInitialized(AvroSerde.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the class is public", e);
    }
  }

  public NewsImport {
    newest = newest.truncatedTo(ChronoUnit.MILLIS);
    if (gap.isNegative()) {
      throw new IllegalArgumentException("the gap between articles must not be negative");
    }
    if (version < 1) {
      throw new IllegalArgumentException("version must be 1 or more, is " + version);
    }
  }

  /** One item of a file. */
  public sealed interface Item permits Story, Unusable {

    /** Its place in the file, from 1. */
    int number();

    /** The line it begins on, from 1. */
    int line();
  }

  /** An item that became an article; it keeps every rule. */
  public record Story(int number, int line, Article article) implements Item {}

  /** An item that cannot become one, and the first reason why. */
  public record Unusable(int number, int line, Problem problem) implements Item {}

  /**
   * Reads a file piece by piece; close the stream to close it.
   *
   * @throws IOException when it cannot be opened or is none of the known formats; while the stream is
   *     read, {@link UncheckedIOException}
   */
  public Stream<Item> read(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return read(in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The same for anything that can be read once. */
  public Stream<Item> read(InputStream input) throws IOException {
    BufferedInputStream in = new BufferedInputStream(input);
    Iterator<Item> items = switch (format(in)) {
      case CSV -> new AgNews(in, this);
      case XML -> new FeedFile(in, this);
      case JSON -> new JsonNews(in, this);
    };
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(() -> {
          try {
            in.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private enum Format {
    CSV,
    XML,
    JSON
  }

  private static Format format(BufferedInputStream in) throws IOException {
    in.mark(SNIFFED_BYTES);
    byte[] start = in.readNBytes(SNIFFED_BYTES);
    in.reset();
    for (byte b : start) {
      // a byte order mark and blanks say nothing; nor do the zeros of UTF-16
      if (b > ' ') {
        if (b == '<') {
          return Format.XML;
        }
        if (b == '{' || b == '[') {
          return Format.JSON;
        }
        if (b == '"' || (b >= '1' && b <= '4')) {
          return Format.CSV;
        }
        break;
      }
    }
    throw new IOException("not a file of news: neither RSS, Atom, JSON Feed or ninjs"
        + " nor rows of class, title, text");
  }

  /** The date of an item that has none. */
  Instant dated(int number) {
    return newest.minus(gap.multipliedBy(number - 1L));
  }

  /** The same where there is a date from which to count back. */
  Instant dated(@Nullable Instant from, int number) {
    return from == null ? dated(number) : from.minus(gap.multipliedBy(number - 1L));
  }

  /** The version of an item that was last changed at this moment; null: nobody knows. */
  long version(@Nullable Instant changed) {
    return changed == null ? version : Math.max(1, changed.toEpochMilli() + version - 1);
  }

  /** The same for the same parts, in this import and every other. */
  static String articleId(String prefix, String... parts) {
    byte[] bytes = String.join("\u0000", parts).getBytes(UTF_8);
    return prefix + Refusals.sha256(bytes).substring(0, ID_HEX_DIGITS);
  }

  /** An article when it keeps the rules. */
  static Item checked(int number, int line, Article article) {
    List<Problem> problems = ArticleRules.problems(article);
    return problems.isEmpty()
        ? new Story(number, line, article)
        : new Unusable(number, line, problems.get(0));
  }
}
