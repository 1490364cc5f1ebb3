package dev.newsfeed.gateway.http;

import java.util.Set;

/** Answers requests for one part of the site. */
public interface Resource {

  /** The methods of what is only read. */
  Set<String> READING = Set.of("GET", "HEAD");

  /** The methods that a path of it takes, besides OPTIONS. */
  default Set<String> methods(String path) {
    return READING;
  }

  /**
   * The answer to GET, which HEAD shares; and to other {@link #methods} it takes.
   *
   * @throws Refused when there is none
   */
  Answer answer(Ask ask);
}
