package dev.newsfeed.streams;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a job whose outputs can be built anew: with a group, internal topics and stores of its
 * own it reads everything from the beginning, and takes over the topic it writes when it knows as
 * much as the one before.
 *
 * @param number 1, 2, 3 …
 * @param counting what it was asked to count; a job that counts nothing does not mind
 * @param serves whether it may write its outputs now; until then it owes them
 */
public record Generation(long number, Counting counting, BooleanSupplier serves) {

  /** No suspects, and whatever the log holds. */
  public static final Counting AS_USUAL = new Counting(false, null);

  /** The first one, serving as long as there is no other. */
  public static final Generation FIRST = new Generation(1, AS_USUAL, () -> true);

  private static final int REVISIONS_BITS = 40;

  /** The name of a job in this generation: {@code feeds}, later {@code feeds-g2}. */
  public String nameOf(String job) {
    return nameOf(job, number);
  }

  /** The same for a generation by its number. */
  static String nameOf(String job, long number) {
    return number == 1 ? job : job + "-g" + number;
  }

  /** Whether it may write its outputs now. */
  public boolean isServing() {
    return serves.getAsBoolean();
  }

  /**
   * What was asked of the generation whose outputs readers see; while they switch, these are still
   * the former one's.
   *
   * @param said the last word on the topic {@code jobs}; null: none
   */
  public static Counting seen(@Nullable JobGeneration said) {
    if (said == null) {
      return AS_USUAL;
    }
    Counting asked =
        said.getPhase() == GenerationPhase.serving ? said.getCounting() : said.getFormerCounting();
    return asked == null ? AS_USUAL : asked;
  }

  /**
   * What its revisions begin after. Readers see them grow from one generation to the next, whatever
   * the one before had reached.
   */
  public long revisionsAfter() {
    return revisionsAfter(number);
  }

  /** The same for a generation by its number. */
  public static long revisionsAfter(long number) {
    return number == 1 ? 0 : number << REVISIONS_BITS;
  }
}
