package dev.newsfeed.schemas;

import org.apache.avro.Schema;

/**
 * Numbers schemas, and finds them by their number. Every Avro value on a topic begins with the number
 * of the schema it was written with.
 *
 * @see SchemaCatalogue numbers shipped with this project: the default, no server needed
 * @see SchemaRegistry numbers given by a Confluent-compatible registry
 */
public interface SchemaIds {

  /**
   * The number under which values of this schema are written.
   *
   * @param subject where it is written, as a registry names it: topic name and {@code -value}
   * @throws IllegalArgumentException when the schema has no number there
   */
  int id(String subject, Schema schema);

  /**
   * The schema with this number.
   *
   * @throws IllegalArgumentException when no schema has it
   * @throws UnknownSchemaException when a newer version may have it
   */
  Schema schema(int id);
}
