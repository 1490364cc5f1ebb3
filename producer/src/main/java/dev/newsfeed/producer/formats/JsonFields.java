package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.PlainText;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object while it is read. Each field is asked for by name; what is wrong with it is noted
 * and reading goes on, so that the sender learns everything at once. {@link #end} notes the fields
 * nobody asked for: a misspelt field must not be lost silently. A null is as good as no field.
 */
public final class JsonFields {

  private static final int SHOWN_OF_A_NAME = 60;

  private final JsonNode object;
  private final String path;
  private final List<Problem> problems;
  private final Set<String> known = new HashSet<>();

  private JsonFields(JsonNode object, String path, List<Problem> problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  /**
   * The fields of an object.
   *
   * @param path put before each field's name: empty, or {@code [3].}
   * @param problems where what is wrong is noted
   */
  public static JsonFields of(JsonNode object, String path, List<Problem> problems) {
    return new JsonFields(object, path, problems);
  }

  /**
   * The fields of a whole body.
   *
   * @throws InvalidEventException when it is no object
   */
  static JsonFields ofBody(JsonNode body, List<Problem> problems) {
    if (!body.isObject()) {
      throw new InvalidEventException(
          List.of(new Problem("invalid-field", "", "the body must be one JSON object")));
    }
    return of(body, "", problems);
  }

  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  /** Text exactly as it came; null: absent, or no text. */
  @Nullable
  public String raw(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      wrong(name, "must be a text");
      return null;
    }
    return value.textValue();
  }

  /** Text of one line; null: absent, empty, or no text. */
  @Nullable
  String text(String name) {
    String raw = raw(name);
    String plain = raw == null ? "" : PlainText.of(raw);
    return plain.isEmpty() ? null : plain;
  }

  /** Text of one line that must be there; empty when it is not, which has then been noted. */
  String requiredText(String name) {
    if (!has(name)) {
      missing(name, "is required");
    }
    String text = text(name);
    return text == null ? "" : text;
  }

  /** A whole number; null: absent, or no such number. */
  @Nullable
  Long number(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      wrong(name, "must be a whole number of at most 64 bits");
      return null;
    }
    return value.longValue();
  }

  /** A whole number of 32 bits; null: absent, or no such number. */
  @Nullable
  Integer smallNumber(String name) {
    Long number = number(name);
    if (number == null) {
      return null;
    }
    if (number != number.intValue()) {
      wrong(name, "must be a whole number of at most 32 bits");
      return null;
    }
    return number.intValue();
  }

  /** True or false; null: absent, or neither. */
  @Nullable
  Boolean flag(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      wrong(name, "must be true or false");
      return null;
    }
    return value.booleanValue();
  }

  boolean flag(String name, boolean otherwise) {
    Boolean flag = flag(name);
    return flag == null ? otherwise : flag;
  }

  /** A moment in ISO 8601 with its offset, to the millisecond; null: absent, or no such moment. */
  @Nullable
  Instant time(String name) {
    String raw = raw(name);
    if (raw == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(raw.strip()).toInstant().truncatedTo(ChronoUnit.MILLIS);
    } catch (DateTimeParseException e) {
      wrong(name, "must be a time with its offset, like 2026-11-23T09:30:00+01:00 or …Z");
      return null;
    }
  }

  /** A list of lines of text; what is none has been noted and left out. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    List<JsonNode> values = values(name);
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isTextual()) {
        texts.add(PlainText.of(values.get(i).textValue()));
      } else {
        wrong(name + "[" + i + "]", "must be a text");
      }
    }
    return texts;
  }

  /** An object within; null: absent, or no object. */
  @Nullable
  JsonFields object(String name) {
    JsonNode value = value(name);
    return value == null ? null : object(name, value);
  }

  /** A list of objects; what is none has been noted and left out. */
  List<JsonFields> objects(String name) {
    List<JsonFields> objects = new ArrayList<>();
    List<JsonNode> values = values(name);
    for (int i = 0; i < values.size(); i++) {
      JsonFields fields = object(name + "[" + i + "]", values.get(i));
      if (fields != null) {
        objects.add(fields);
      }
    }
    return objects;
  }

  /** An object under a name that may carry an index; null, and noted, when it is none. */
  @Nullable
  JsonFields object(String name, JsonNode value) {
    if (!value.isObject()) {
      wrong(name, "must be an object");
      return null;
    }
    return new JsonFields(value, path + name + ".", problems);
  }

  /** The value of a field; null: absent. */
  @Nullable
  JsonNode value(String name) {
    known.add(name);
    return object.hasNonNull(name) ? object.get(name) : null;
  }

  /** The elements of a list; empty: absent, or no list. */
  List<JsonNode> values(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      wrong(name, "must be a list");
      return List.of();
    }
    List<JsonNode> values = new ArrayList<>();
    value.forEach(values::add);
    return values;
  }

  public void missing(String name, String detail) {
    problems.add(new Problem("missing-field", path + name, detail));
  }

  public void wrong(String name, String detail) {
    problems.add(new Problem("invalid-field", path + name, detail));
  }

  /** To be called when every field has been asked for. */
  public void end() {
    object.fieldNames().forEachRemaining(name -> {
      if (!known.contains(name)) {
        String plain = PlainText.of(name);
        String shown =
            plain.length() <= SHOWN_OF_A_NAME ? plain : plain.substring(0, SHOWN_OF_A_NAME);
        problems.add(new Problem("unknown-field", path + shown, "there is no such field"));
      }
    });
  }
}
