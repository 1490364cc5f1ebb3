package dev.newsfeed.streams;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.JobGeneration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which generations of a job run, and which of them writes.
 *
 * <pre>
 * jobs says                    runs    writes
 * nothing                      1       1
 * 2 building, former 1         1 2     1
 * 2 switching, former 1        2       –       what 1 wrote stands until 2 may write
 * 2 serving                    2       2
 * </pre>
 *
 * @param running the generations that run, by number, and what each was asked to count
 * @param serving the one that writes; {@link #NONE} while they switch
 */
record Assignment(Map<Long, Counting> running, long serving) {

  static final long NONE = 0;

  static Assignment of(@Nullable JobGeneration said) {
    if (said == null) {
      return new Assignment(Map.of(1L, Generation.AS_USUAL), 1);
    }
    long latest = said.getGeneration();
    Counting counting = orUsual(said.getCounting());
    return switch (said.getPhase()) {
      case building ->
        new Assignment(
            Map.of(said.getFormer(), orUsual(said.getFormerCounting()), latest, counting),
            said.getFormer());
      case switching -> new Assignment(Map.of(latest, counting), NONE);
      case serving -> new Assignment(Map.of(latest, counting), latest);
    };
  }

  private static Counting orUsual(@Nullable Counting asked) {
    return asked == null ? Generation.AS_USUAL : asked;
  }

  /** Whether nothing of any other generation is needed any more. */
  boolean isSettled() {
    return running.keySet().equals(Set.of(serving));
  }
}
