package dev.newsfeed.producer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** JSON as the intake reads it: strict, bounded, into a tree and never into classes. */
final class Json {

  private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(16)
              .maxStringLength(1 << 20)
              .maxNumberLength(40)
              .maxNameLength(200)
              .maxTokenCount(100_000)
              .build())
          // of two fields of one name a lenient reader drops one silently
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private Json() {}

  /** Not JSON, or beyond a limit. The message says where, and quotes nothing. */
  static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /** The value that these bytes hold. */
  static JsonNode read(byte[] bytes) throws Malformed {
    JsonNode node;
    try {
      node = MAPPER.readTree(bytes);
    } catch (StreamConstraintsException e) {
      throw new Malformed("the JSON is nested too deeply or has too long a name, text or number"
          + place(e.getLocation()));
    } catch (JsonProcessingException e) {
      throw new Malformed("the body is not valid JSON" + place(e.getLocation()));
    } catch (IOException e) {
      throw new Malformed("the body is not valid UTF-8");
    }
    if (node.isMissingNode()) {
      throw new Malformed("the body is empty");
    }
    return node;
  }

  private static String place(@Nullable JsonLocation at) {
    return at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // a tree can always be written
    }
  }
}
