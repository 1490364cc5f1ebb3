package dev.newsfeed.app;

/** A setting cannot be used; the message is one line that names the variable. */
final class BadSettingException extends IllegalArgumentException {

  BadSettingException(String message) {
    super(message);
  }
}
