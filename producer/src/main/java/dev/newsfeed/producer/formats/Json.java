package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
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
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** JSON as the intake reads it: strict, bounded, into a tree and never into classes. */
public final class Json {

  /** The longest file that is read: its values are held in memory. */
  static final int MAX_FILE_BYTES = 64 << 20;

  private static final int MAX_DEPTH = 16;
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_DIGITS = 40;
  private static final int MAX_NAME = 200;
  private static final int MAX_VALUES = 100_000;
  private static final int MAX_VALUES_IN_FILE = 2_000_000;

  private static final ObjectMapper MAPPER = mapper(MAX_TEXT, MAX_VALUES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();
  private static final ObjectMapper FILES =
      mapper(MAX_FILE_BYTES, MAX_VALUES_IN_FILE).build();

  private Json() {}

  private static JsonMapper.Builder mapper(long bytes, long tokens) {
    return JsonMapper.builder(JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_TEXT)
            .maxNumberLength(MAX_DIGITS)
            .maxNameLength(MAX_NAME)
            .maxDocumentLength(bytes)
            .maxTokenCount(tokens)
            .build())
        // of two fields of one name a lenient reader drops one silently
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build());
  }

  /** Not JSON, or beyond a limit. The message says where, and quotes nothing. */
  public static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /** The value that these bytes hold. */
  public static JsonNode read(byte[] bytes) throws Malformed {
    JsonNode node;
    try {
      node = MAPPER.readTree(bytes);
    } catch (StreamConstraintsException e) {
      throw new Malformed("the JSON is beyond a limit: " + MAX_DEPTH + " levels, " + MAX_NAME
          + " characters of a name, " + MAX_DIGITS + " digits of a number, " + MAX_TEXT
          + " characters of a text, " + MAX_VALUES + " names, values and brackets"
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

  /** Reads the values of a file, one behind the other. */
  static JsonParser parser(InputStream in) throws IOException {
    return FILES.createParser(in);
  }

  /** What is wrong with a file, without quoting it. */
  static String wrong(JsonProcessingException e) {
    return (e instanceof StreamConstraintsException
            ? "the JSON is too long, nested too deeply or has too long a name, text or number"
            : "the file is not valid JSON")
        + place(e.getLocation());
  }

  private static String place(@Nullable JsonLocation at) {
    return at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // a tree can always be written
    }
  }
}
