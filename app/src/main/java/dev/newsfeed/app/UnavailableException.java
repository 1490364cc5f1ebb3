package dev.newsfeed.app;

import org.jspecify.annotations.Nullable;

/** Something this process needs is taken or out of reach; the message is one line for a person. */
public final class UnavailableException extends RuntimeException {

  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
