package dev.newsfeed.streams.feeds;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;

/**
 * Key of an entry in the store. Sorted as bytes, a feed's entries stand together in the order in
 * which they are shown: newest first, then by article id.
 *
 * <pre>
 * section/world │ 00 │ feed time, 8 bytes, inverted │ a1
 * </pre>
 *
 * A feed id contains no zero byte, so no feed's entries lie between another's.
 */
final class EntryKey {

  private EntryKey() {}

  static Bytes of(String feedId, Instant feedTime, String articleId) {
    byte[] feed = feedId.getBytes(StandardCharsets.UTF_8);
    byte[] article = articleId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(ByteBuffer.allocate(feed.length + 1 + Long.BYTES + article.length)
        .put(feed)
        .put((byte) 0)
        .putLong(newestFirst(feedTime))
        .put(article)
        .array());
  }

  /** Key of what an article has answered to a feed that is an editor's list. */
  static Bytes ofAnswer(String feedId, String articleId) {
    return Bytes.wrap((feedId + '\0' + articleId).getBytes(StandardCharsets.UTF_8));
  }

  /** The article that the key of an answer names. */
  static String articleIdOfAnswer(String feedId, Bytes key) {
    int before = feedId.getBytes(StandardCharsets.UTF_8).length + 1;
    return new String(key.get(), before, key.get().length - before, StandardCharsets.UTF_8);
  }

  /** Before every entry of the feed. */
  static Bytes first(String feedId) {
    return Bytes.wrap((feedId + '\0').getBytes(StandardCharsets.UTF_8));
  }

  /** After every entry of the feed. */
  static Bytes last(String feedId) {
    return Bytes.wrap((feedId + '\1').getBytes(StandardCharsets.UTF_8));
  }

  /** Flipping the sign lets dates before 1970 sort as bytes, inverting brings the latest first. */
  private static long newestFirst(Instant feedTime) {
    return ~(feedTime.toEpochMilli() ^ Long.MIN_VALUE);
  }
}
