package dev.newsfeed.schemas;

import dev.newsfeed.avro.Rejected;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Puts what was refused into the form in which it is kept. */
public final class Refusals {

  /** Bytes kept of a refused thing; its hash and size tell the rest. */
  public static final int KEPT_BYTES = 512 * 1024;

  /** No id of ours is longer; a longer key would fill the record by itself. */
  private static final int KEY_CHARACTERS = 8 * 1024;

  private static final int FIELD_CHARACTERS = 200;
  private static final int DETAIL_CHARACTERS = 8 * 1024;

  private Refusals() {}

  /** Where a refused record stood. */
  public record Place(String topic, int partition, long offset) {}

  /**
   * A record for {@code rejected}.
   *
   * @param stage who refused it
   * @param place null when it never reached a topic
   * @param bytes exactly as they came; cut to {@link #KEPT_BYTES}
   */
  public static Rejected rejected(
      Problem problem, String stage, Instant at, @Nullable Place place, byte[] bytes) {
    return Rejected.newBuilder()
        .setReason(problem.reason())
        .setField(shortened(problem.field(), FIELD_CHARACTERS))
        .setDetail(shortened(problem.detail(), DETAIL_CHARACTERS))
        .setStage(stage)
        .setAt(at)
        .setTopic(place == null ? null : place.topic())
        .setPartition(place == null ? null : place.partition())
        .setOffset(place == null ? null : place.offset())
        .setSha256(sha256(bytes))
        .setSize(bytes.length)
        .setBytes(
            ByteBuffer.wrap(bytes.length <= KEPT_BYTES ? bytes : Arrays.copyOf(bytes, KEPT_BYTES)))
        .build();
  }

  /**
   * The key under which it is kept: its own, unless that is so long that the record would not fit into
   * the topic, and so be lost.
   */
  public static @Nullable String key(@Nullable String own) {
    return own == null || own.length() <= KEY_CHARACTERS ? own : null;
  }

  /** A body can have as many wrong fields as it has bytes. */
  private static String shortened(String text, int characters) {
    return text.length() <= characters ? text : text.substring(0, characters - 1) + "…";
  }

  /** SHA-256 in hex. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
