package dev.newsfeed.streams;

import dev.newsfeed.avro.JobGeneration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which generations of a job run, and which of them writes.
 *
 * <pre>
 * jobs says                    runs    writes
 * nothing                      1       1
 * 2 building, former 1         1 2     1
 * 2 switching, former 1        2       –       the heads of 1 stand until 2 may write
 * 2 serving                    2       2
 * </pre>
 *
 * @param running the numbers of the generations that run
 * @param serving the one that writes; {@link #NONE} while they switch
 */
record Assignment(Set<Long> running, long serving) {

  static final long NONE = 0;

  static Assignment of(@Nullable JobGeneration said) {
    if (said == null) {
      return new Assignment(Set.of(1L), 1);
    }
    long latest = said.getGeneration();
    return switch (said.getPhase()) {
      case building -> new Assignment(Set.of(said.getFormer(), latest), said.getFormer());
      case switching -> new Assignment(Set.of(latest), NONE);
      case serving -> new Assignment(Set.of(latest), latest);
    };
  }

  /** Whether nothing of any other generation is needed any more. */
  boolean isSettled() {
    return running.equals(Set.of(serving));
  }
}
