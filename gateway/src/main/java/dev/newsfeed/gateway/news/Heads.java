package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * The newest head of every feed. There are as many feeds as the newsroom has topics and persons, so
 * heads are kept as compressed bytes, a tenth of what they take as objects.
 */
final class Heads {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Head(FeedSummary summary, byte[] deflated) {}

  private final Topic<Feed> topic;
  private final Map<String, Head> heads = new ConcurrentHashMap<>();

  /** By editor's list: the articles in it, whose own records do not say so, and links as JSON. */
  private final Map<String, List<String>> curated = new ConcurrentHashMap<>();

  Heads(Topic<Feed> topic) {
    this.topic = topic;
  }

  /** True: it is an editor's list and has other entries than before, or in another order. */
  boolean put(Feed feed) {
    FeedSummary summary = new FeedSummary(
        feed.getFeedId(), feed.getTitle(), feed.getTotal(), feed.getRevision(), feed.getUpdated());
    byte[] record = topic.valueSerde().write(topic.name(), feed);
    heads.put(feed.getFeedId(), new Head(summary, deflate(record)));
    if (!summary.curated()) {
      return false;
    }
    List<String> names = feed.getEntries().stream().map(Heads::name).toList();
    return !names.equals(curated.put(feed.getFeedId(), names));
  }

  private static String name(FeedEntry entry) {
    return entry.getLink() == null ? entry.getArticleId() : entry.getLink().toString();
  }

  void remove(String feedId) {
    heads.remove(feedId);
    curated.remove(feedId);
  }

  Optional<Feed> find(String feedId) {
    Head head = heads.get(feedId);
    return head == null
        ? Optional.empty()
        : Optional.of(topic.valueSerde().read(topic.name(), inflate(head.deflated())));
  }

  /** Takes an article out of heads that the feeds job has yet to write without it. */
  void forget(String articleId, Set<String> feedIds) {
    for (String feedId : feedIds) {
      find(feedId).ifPresent(feed -> {
        List<FeedEntry> left = feed.getEntries().stream()
            .filter(entry -> !entry.getArticleId().equals(articleId))
            .toList();
        int gone = feed.getEntries().size() - left.size();
        if (gone > 0) {
          put(Feed.newBuilder(feed)
              .setEntries(left)
              .setTotal(feed.getTotal() - gone)
              .build());
        }
      });
    }
  }

  /** The editors' lists in which an article stands. */
  Set<String> curatedWith(String articleId) {
    Set<String> found = new HashSet<>();
    curated.forEach((feedId, names) -> {
      if (names.contains(articleId)) {
        found.add(feedId);
      }
    });
    return found;
  }

  Optional<FeedSummary> summary(String feedId) {
    return Optional.ofNullable(heads.get(feedId)).map(Head::summary);
  }

  /** By id, without the one that watches: nobody is to subscribe to it by choosing from a list. */
  List<FeedSummary> summaries() {
    return heads.values().stream()
        .map(Head::summary)
        .filter(feed -> !feed.feedId().equals(FeedIds.CANARY))
        .sorted(Comparator.comparing(FeedSummary::feedId))
        .toList();
  }

  /** When the newest head was computed. */
  Optional<Instant> newest() {
    return heads.values().stream().map(h -> h.summary().updated()).max(Comparator.naturalOrder());
  }

  private static byte[] deflate(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 64);
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return out.toByteArray();
  }

  private static byte[] inflate(byte[] bytes) {
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be read", e);
    }
  }
}
