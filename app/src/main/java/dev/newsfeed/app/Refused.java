package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.RefusedRequest;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.RecordJson;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One refused thing as {@code rejected} has it.
 *
 * @param id its offset, the same for ever
 * @param times how often it was refused at that place: a job that counts anew refuses anew
 * @param replayed what was said when it was sent again; null: it was not
 */
record Refused(
    long id,
    @Nullable String key,
    Rejected value,
    int times,
    @Nullable Rejected replayed) {

  /** Where it came from: {@code newsfeed.articles-3@17}, {@code PUT /v1/articles/bridge}, a file. */
  String source() {
    RefusedRequest request = value.getRequest();
    if (value.getTopic() != null) {
      return value.getTopic() + '-' + value.getPartition() + '@' + value.getOffset();
    } else if (request != null) {
      return request.getMethod() + ' ' + request.getPath();
    }
    return value.getFile() == null ? "" : "file " + value.getFile();
  }

  /** Whether all of it is there. */
  boolean isWhole() {
    return !value.getCut() && value.getBytes().remaining() == value.getSize();
  }

  /** The bytes as the text that they are; null: they are none. */
  @Nullable
  String text() {
    byte[] bytes = Replay.bytes(value);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    // a cut may have gone through a letter
    boolean toTheEnd = bytes.length == value.getSize();
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, toTheEnd);
    boolean binary = text.flip().chars().anyMatch(c -> c == 0); // as every record of ours begins
    return result.isError() || binary ? null : text.toString();
  }

  /** Everything but the bytes. */
  ObjectNode json() {
    ObjectNode json = RecordJson.withNulls(value);
    json.remove("bytes");
    json.put("id", id).put("key", key).put("from", source()).put("times", times);
    return json.set(
        "replayed",
        replayed == null
            ? json.nullNode()
            : json.objectNode()
                .put("at", replayed.getAt().toString())
                .put("detail", replayed.getDetail()));
  }
}
