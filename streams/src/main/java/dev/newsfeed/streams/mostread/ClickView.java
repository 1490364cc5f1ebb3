package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Click;
import dev.newsfeed.schemas.AvroSerde;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * What counting needs of one click, and of the next one after that: clicks come by the million, so
 * each is looked at where it stands instead of being made a record of strings.
 *
 * <p>Not safe for several threads.
 */
final class ClickView {

  private Utf8 articleId = new Utf8();
  private Utf8 scratch = new Utf8();
  private long receivedAtMs;
  private long event;
  private boolean hasVisitor;
  private long visitor;
  private int network;
  private @Nullable String suspect;

  /** A view of this click. */
  static ClickView of(Click click) {
    ClickView view = new ClickView();
    view.take(click);
    return view;
  }

  /**
   * Looks at the click that these bytes of a topic hold.
   *
   * @throws SerializationException when they hold none
   */
  void read(AvroSerde<Click> serde, String topic, byte[] bytes, int from, int length) {
    BinaryDecoder fields = serde.fields(bytes, from, length);
    if (fields == null) { // of another version of the schema, or none
      take(serde.read(topic, Arrays.copyOfRange(bytes, from, from + length)));
      return;
    }
    try {
      articleId = fields.readString(articleId);
      receivedAtMs = fields.readLong();
      event = isThere(fields) ? hash(string(fields)) : 0;
      hasVisitor = isThere(fields);
      visitor = hasVisitor ? fields.readLong() : 0;
      network = isThere(fields) ? ReadRules.network(fields.readLong()) : 0;
      suspect = isThere(fields) ? string(fields).toString() : null;
      if (!fields.isEnd()) {
        throw new AvroRuntimeException("bytes are left over after the value");
      }
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "a value of " + topic + " is not a click: " + e.getMessage(), e);
    }
  }

  /** The fields that may be missing are all unions of null and something. */
  private static boolean isThere(BinaryDecoder fields) throws IOException {
    int branch = fields.readIndex();
    if (branch != 0 && branch != 1) {
      throw new AvroRuntimeException("a union of two has no branch " + branch);
    }
    return branch == 1;
  }

  private Utf8 string(BinaryDecoder fields) throws IOException {
    scratch = fields.readString(scratch);
    return scratch;
  }

  private void take(Click click) {
    articleId = new Utf8(click.getArticleId());
    receivedAtMs = click.getReceivedAtMs();
    event = click.getEventId() == null ? 0 : hash(new Utf8(click.getEventId()));
    hasVisitor = click.getVisitor() != null;
    visitor = click.getVisitor() == null ? 0 : click.getVisitor();
    network = click.getNetwork() == null ? 0 : ReadRules.network(click.getNetwork());
    suspect = click.getSuspect();
  }

  private static long hash(Utf8 text) {
    return ReadRules.hash(text.getBytes(), text.getByteLength());
  }

  /** UTF-8, of which the first {@link #articleIdLength} are its own. */
  byte[] articleIdBytes() {
    return articleId.getBytes();
  }

  int articleIdLength() {
    return articleId.getByteLength();
  }

  String articleId() {
    return new String(articleIdBytes(), 0, articleIdLength(), StandardCharsets.UTF_8);
  }

  /** The collector's clock, milliseconds since 1970 UTC. */
  long receivedAtMs() {
    return receivedAtMs;
  }

  /** A hash of the event's id; 0: none was given. */
  long event() {
    return event;
  }

  boolean hasVisitor() {
    return hasVisitor;
  }

  long visitor() {
    return visitor;
  }

  /** 0: not known. */
  int network() {
    return network;
  }

  /** Why the collector takes it for no reader's. */
  @Nullable
  String suspect() {
    return suspect;
  }
}
