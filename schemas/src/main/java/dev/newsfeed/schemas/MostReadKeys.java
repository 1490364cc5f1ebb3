package dev.newsfeed.schemas;

/** The keys of lists on {@code most-read}: {@code today/section/world}, or {@code today/section/world@tokyo}. */
public final class MostReadKeys {

  private MostReadKeys() {}

  /**
   * The key of a list.
   *
   * @param edition by whose calendar; empty: the newsroom's own
   */
  public static String of(String window, String scope, String edition) {
    return window + '/' + scope + (edition.isEmpty() ? "" : '@' + edition);
  }
}
