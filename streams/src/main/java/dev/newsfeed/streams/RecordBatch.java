package dev.newsfeed.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive records of one partition as the value of one, so that Kafka Streams passes them on
 * together. Exists between a consumer and a processor of one process only; on topics there are none.
 *
 * <pre>
 * records left, 8
 * offset, 8 │ time, 8 │ length of key, 4 │ length of value, 4 │ key │ value     and so on; -1: null
 * </pre>
 *
 * A cursor: {@link #next} goes to a record, the other methods tell of that one. Nothing is copied but
 * by {@link #key} and {@link #value}.
 */
public final class RecordBatch {

  /** What a batch takes beside its records. */
  static final int PREFIX = 8;

  private static final int HEADER = 24;
  private static final int NULL = -1;

  private final ByteBuffer bytes;
  private long offset;
  private long timestampMs;
  private int keyLength;
  private int valueLength;
  private int keyFrom;
  private int next = PREFIX;

  /** Stands before the first record. */
  public RecordBatch(byte[] batch) {
    bytes = ByteBuffer.wrap(batch);
  }

  /** How many bytes a record takes. */
  static int size(ConsumerRecord<byte[], byte[]> consumed) {
    return HEADER + length(consumed.key()) + length(consumed.value());
  }

  /**
   * Packs records in the order given.
   *
   * @param left how many records of the partition the broker has behind them; -1: not known
   */
  static byte[] pack(List<ConsumerRecord<byte[], byte[]>> records, long left) {
    int size = PREFIX;
    for (ConsumerRecord<byte[], byte[]> consumed : records) {
      size += size(consumed);
    }
    ByteBuffer out = ByteBuffer.allocate(size).putLong(left);
    for (ConsumerRecord<byte[], byte[]> consumed : records) {
      byte @Nullable [] key = consumed.key();
      byte @Nullable [] value = consumed.value();
      out.putLong(consumed.offset());
      out.putLong(consumed.timestamp());
      out.putInt(key == null ? NULL : key.length);
      out.putInt(value == null ? NULL : value.length);
      out.put(key == null ? new byte[0] : key);
      out.put(value == null ? new byte[0] : value);
    }
    return out.array();
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Whether the broker had nothing behind this batch when it was polled, as far as is known. */
  public boolean isLast() {
    return bytes.getLong(0) == 0;
  }

  /** Goes on to the next record; false: there is none. */
  public boolean next() {
    if (next >= bytes.capacity()) {
      return false;
    }
    offset = bytes.getLong(next);
    timestampMs = bytes.getLong(next + 8);
    keyLength = bytes.getInt(next + 16);
    valueLength = bytes.getInt(next + 20);
    keyFrom = next + HEADER;
    next = valueFrom() + Math.max(0, valueLength);
    return true;
  }

  /** Its place in the partition. */
  public long offset() {
    return offset;
  }

  /** As the broker has it, milliseconds since 1970 UTC. */
  public long timestampMs() {
    return timestampMs;
  }

  /** The bytes that hold this record and all others. */
  public byte[] bytes() {
    return bytes.array();
  }

  /** Where its key begins. */
  public int keyFrom() {
    return keyFrom;
  }

  /** -1: it has no key. */
  public int keyLength() {
    return keyLength;
  }

  /** Where its value begins. */
  public int valueFrom() {
    return keyFrom + Math.max(0, keyLength);
  }

  /** -1: it has no value. */
  public int valueLength() {
    return valueLength;
  }

  /** A copy of its key. */
  public byte @Nullable [] key() {
    return keyLength == NULL ? null : Arrays.copyOfRange(bytes(), keyFrom, keyFrom + keyLength);
  }

  /** A copy of its value. */
  public byte @Nullable [] value() {
    return valueLength == NULL
        ? null
        : Arrays.copyOfRange(bytes(), valueFrom(), valueFrom() + valueLength);
  }
}
