package dev.newsfeed.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro records as the JSON a person would write: fields by their names in the order of the schema,
 * times in ISO 8601, bytes in Base64, the value of a union bare. Avro's own JSON wraps those values
 * in their type's name and shows times as numbers.
 */
public final class RecordJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RecordJson() {}

  /** A record as sites want it: a field without a value is left out. */
  public static ObjectNode of(SpecificRecord value) {
    return object(value, false);
  }

  /** A record as it stands on its topic: a field without a value is null. */
  public static ObjectNode withNulls(SpecificRecord value) {
    return object(value, true);
  }

  /** JSON as UTF-8. */
  public static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON can always be written", e);
    }
  }

  private static ObjectNode object(SpecificRecord value, boolean nulls) {
    ObjectNode object = NODES.objectNode();
    for (Schema.Field field : value.getSchema().getFields()) {
      Object content = value.get(field.pos());
      if (content != null || nulls) {
        object.set(field.name(), node(content, nulls));
      }
    }
    return object;
  }

  private static JsonNode node(@Nullable Object value, boolean nulls) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof SpecificRecord inner) {
      return object(inner, nulls);
    } else if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode(list.size());
      list.forEach(element -> array.add(node(element, nulls)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, element) -> object.set(String.valueOf(key), node(element, nulls)));
      return object;
    } else if (value instanceof Long number) {
      return NODES.numberNode(number);
    } else if (value instanceof Integer number) {
      return NODES.numberNode(number);
    } else if (value instanceof Boolean bool) {
      return NODES.booleanNode(bool);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return NODES.binaryNode(bytes);
    }
    return NODES.textNode(value.toString()); // text, the symbol of an enum, or a time
  }
}
