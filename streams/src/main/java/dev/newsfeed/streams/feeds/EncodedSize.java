package dev.newsfeed.streams.feeds;

import java.util.Collection;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.utils.Utils;

/** How many bytes a value takes on a topic, without writing it: never less than it does. */
final class EncodedSize {

  /** The longest number of Avro's variable length: a length, a count, a date, the end of a list. */
  private static final int NUMBER = 10;

  private EncodedSize() {}

  static int atMost(Object value) {
    if (value instanceof CharSequence text) {
      return NUMBER + Utils.utf8Length(text);
    }
    if (value instanceof Collection<?> items) {
      return 2 * NUMBER + items.stream().mapToInt(EncodedSize::atMost).sum();
    }
    if (value instanceof IndexedRecord entry) {
      int fields = entry.getSchema().getFields().size();
      int size = fields; // which branch, where a field may be null
      for (int i = 0; i < fields; i++) {
        Object field = entry.get(i);
        size += field == null ? 0 : atMost(field);
      }
      return size;
    }
    return NUMBER;
  }
}
