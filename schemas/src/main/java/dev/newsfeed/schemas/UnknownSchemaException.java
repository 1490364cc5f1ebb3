package dev.newsfeed.schemas;

import org.apache.kafka.common.errors.SerializationException;

/**
 * A value that this version cannot read because a newer one wrote it. Unlike a broken value it must not
 * be passed over: it may be a withdrawal, and it can be read as soon as this process is replaced.
 */
public final class UnknownSchemaException extends SerializationException {

  private static final long serialVersionUID = 1;

  UnknownSchemaException(String message) {
    super(message);
  }
}
