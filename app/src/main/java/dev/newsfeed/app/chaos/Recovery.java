package dev.newsfeed.app.chaos;

import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/** How long things were away after a blow, looked at again and again until all of them are back. */
public final class Recovery {

  private static final long NOT_NOTICED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final String name;
  private final Instant at;
  private final long atNanos = System.nanoTime();
  private final Company company;
  private final Books books;
  private final LongPredicate publishCanary;
  private final LongSupplier silenceNanos;
  private final long canary;
  private boolean sent;
  private double backAfterS = -1;
  private double listsAfterS = -1;
  private double articleAfterS = -1;

  /**
   * After a blow that was dealt just now.
   *
   * @param name of the role that was hit
   * @param at now, by the clock that lists and articles know
   * @param publishCanary sends an article that readers do not meet, in a version; whether it was taken
   * @param silenceNanos for how long the site has not answered since
   */
  public Recovery(
      String name,
      Instant at,
      Company company,
      Books books,
      LongPredicate publishCanary,
      LongSupplier silenceNanos) {
    this.name = name;
    this.at = at;
    this.company = company;
    this.books = books;
    this.publishCanary = publishCanary;
    this.silenceNanos = silenceNanos;
    this.canary = at.toEpochMilli();
  }

  /** Whether all of it is back. */
  public boolean look() {
    sent = sent || publishCanary.test(canary);
    if (backAfterS < 0 && company.probe(name)) {
      backAfterS = sinceS();
    }
    if (listsAfterS < 0 && books.listAsOf().isAfter(at)) {
      listsAfterS = sinceS();
    }
    if (articleAfterS < 0 && books.canarySeen() >= canary) {
      articleAfterS = sinceS();
    }
    return backAfterS >= 0 && listsAfterS >= 0 && articleAfterS >= 0 && company.allOpen();
  }

  private double sinceS() {
    return (System.nanoTime() - atNanos) / 1e9;
  }

  @Override
  public String toString() {
    long silence = silenceNanos.getAsLong();
    return "lists went on after %s, an article was in its feed after %s, %s was back after %s, %s"
        .formatted(
            seconds(listsAfterS),
            seconds(articleAfterS),
            name,
            seconds(backAfterS),
            silence < NOT_NOTICED_NANOS
                ? "the site answered all the time"
                : "the site was silent for " + seconds(silence / 1e9));
  }

  private static String seconds(double seconds) {
    return seconds < 0 ? "(not yet)" : String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
