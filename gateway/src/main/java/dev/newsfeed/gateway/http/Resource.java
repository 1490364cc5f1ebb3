package dev.newsfeed.gateway.http;

/** Answers requests for one part of the site. */
public interface Resource {

  /**
   * The answer to GET, which HEAD shares; to other methods only where the resource says so.
   *
   * @throws Refused when there is none
   */
  Answer answer(Ask ask);
}
