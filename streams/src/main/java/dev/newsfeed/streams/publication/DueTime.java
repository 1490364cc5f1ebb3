package dev.newsfeed.streams.publication;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;

/**
 * Key of an article that waits for its time: eight bytes of milliseconds, big-endian, then its id.
 * Sorted as bytes, the next one due comes first. Only moments after 1970 are waited for.
 */
final class DueTime {

  private DueTime() {}

  static Bytes key(Instant due, String articleId) {
    byte[] id = articleId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + id.length)
        .putLong(due.toEpochMilli())
        .put(id)
        .array());
  }

  static String articleId(Bytes key) {
    byte[] bytes = key.get();
    return new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.UTF_8);
  }
}
