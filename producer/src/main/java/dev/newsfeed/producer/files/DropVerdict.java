package dev.newsfeed.producer.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.files.DropArrivals.Seen;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.formats.NewsImport;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a dropped file holds, and what is wrong with it. A function of the file's bytes and its time of
 * change, so that a file that is read again is told the same: that time is the version of its articles
 * and dates those that bear no date.
 *
 * @param bytes as they are; of a file that is too large the first part
 * @param articles to be published
 * @param published how many of them the brokers have
 * @param problems everything that is wrong, each with its item; empty: all of it is news
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DropVerdict(
    byte[] bytes,
    long size,
    String sha256,
    List<Article> articles,
    int published,
    List<Problem> problems) {

  /** The largest file that is read; it is in memory while it is. */
  static final int MAX_BYTES = 32 << 20;

  private static final Duration AHEAD_AT_MOST = Duration.ofDays(1);
  private static final Duration GAP = Duration.ofSeconds(30);
  private static final int LISTED = 1_000;

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read now
   */
  static DropVerdict of(Seen seen, Instant now) throws IOException {
    if (!Files.isRegularFile(seen.file(), LinkOption.NOFOLLOW_LINKS)) {
      return refused(new byte[0], 0, "not-a-file", "is a link, or something else that is no file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(seen.file(), LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MAX_BYTES);
    }
    if (seen.size() > MAX_BYTES) {
      return refused(
          bytes,
          seen.size(),
          "too-large",
          "has " + seen.size() + " bytes, at most " + MAX_BYTES
              + "; the hash is of the first part");
    }
    Instant changed = seen.changed().toInstant();
    if (changed.isAfter(now.plus(AHEAD_AT_MOST))) {
      return refused(
          bytes,
          bytes.length,
          "invalid-field",
          "was changed in the future, says its date;"
              + " that is the version of its articles, and nothing could ever replace them");
    }
    return read(bytes, changed);
  }

  private static DropVerdict refused(byte[] bytes, long size, String reason, String detail) {
    return new DropVerdict(
        bytes,
        size,
        Refusals.sha256(bytes),
        List.of(),
        0,
        List.of(new Problem(reason, "file", detail)));
  }

  private static DropVerdict read(byte[] bytes, Instant changed) {
    List<Article> articles = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    NewsImport news = new NewsImport(changed, GAP, Math.max(1, changed.toEpochMilli()));
    try (Stream<NewsImport.Item> items = news.read(new ByteArrayInputStream(bytes))) {
      for (Iterator<NewsImport.Item> each = items.iterator(); each.hasNext(); ) {
        NewsImport.Item item = each.next();
        if (item instanceof NewsImport.Story story) {
          articles.add(story.article());
        } else if (item instanceof NewsImport.Unusable bad) {
          problems.add(RefusedItems.placed(bad, bad.problem()));
        }
      }
    } catch (IOException | UncheckedIOException e) { // the bytes are at hand: it is what they say
      problems.add(new Problem("not-news", "file", String.valueOf(e.getMessage())));
    }
    if (articles.isEmpty() && problems.isEmpty()) {
      problems.add(new Problem("not-news", "file", "has no items"));
    }
    return new DropVerdict(
        bytes, bytes.length, Refusals.sha256(bytes), articles, 0, List.copyOf(problems));
  }

  /** The same after its articles were published, with no more than is still needed. */
  DropVerdict with(int acknowledged, List<Problem> more) {
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(more);
    int needed = all.isEmpty() ? 0 : Math.min(bytes.length, Refusals.KEPT_BYTES);
    return new DropVerdict(
        Arrays.copyOf(bytes, needed), size, sha256, List.of(), acknowledged, List.copyOf(all));
  }

  /** For the file that is written beside it. */
  byte[] json(String name, Instant at) {
    ObjectNode json = Json.object()
        .put("file", name)
        .put("sha256", sha256)
        .put("size", size)
        .put("refusedAt", at.toString())
        .put("published", published)
        .put("problemCount", problems.size());
    ArrayNode list = json.putArray("problems");
    for (Problem problem : problems.subList(0, Math.min(LISTED, problems.size()))) {
      list.addObject()
          .put("field", problem.field())
          .put("reason", problem.reason())
          .put("detail", problem.detail());
    }
    return (json.toPrettyString() + '\n').getBytes(UTF_8);
  }

  /** Whether a file is what {@link #json} wrote about these bytes. */
  boolean isReasonIn(Path reason) {
    try {
      JsonNode json = Json.read(Files.readAllBytes(reason));
      return json.path("sha256").asText().equals(sha256);
    } catch (IOException | Json.Malformed e) {
      return false; // there is none, or it is something else
    }
  }

  /** For {@code rejected}: all problems in one. */
  Rejected rejected(String name, Instant at) {
    Problem first = problems.get(0);
    String details =
        problems.stream().limit(LISTED).map(Problem::toString).collect(Collectors.joining("; "));
    return Rejected.newBuilder(Refusals.rejected(
            new Problem(first.reason(), first.field(), details), DropFolder.STAGE, at, null, bytes))
        .setSha256(sha256)
        .setSize(size)
        .setCut(size > MAX_BYTES)
        .setFile(name)
        .build();
  }
}
