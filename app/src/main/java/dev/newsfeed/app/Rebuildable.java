package dev.newsfeed.app;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.JobGeneration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job whose outputs can be built anew beside those that are served: what is special about it. */
interface Rebuildable {

  /** Its name in its first generation. */
  String job();

  /** What people call the things they type and see. */
  Words words();

  /**
   * What people call the things they type and see.
   *
   * @param command that builds them anew
   * @param undertaking what that command does: a rebuild of the feeds
   * @param outputs what is built: feeds
   * @param written what is written of each: heads
   */
  record Words(String command, String undertaking, String outputs, String written) {}

  /** The topics of which it must have read as much as the former generation. */
  Set<String> inputs();

  /** The topics between its parts, by words in their names, in the order in which a record passes. */
  List<String> parts();

  /** What the new generation is asked to count; null: what is usual. */
  @Nullable
  Counting counting();

  /**
   * Whether a generation that somebody asked for earlier is what is asked for now.
   *
   * @param under what it was asked to count
   */
  boolean isAlso(@Nullable Counting under);

  /** Done before anybody runs the generation; nothing is there of it. */
  void prepare(GenerationGroup next);

  /** What a generation's topic of outputs looks like now. */
  Outputs outputs(JobGeneration said);

  /** What stands on the topic of outputs, compared with what one generation knows of. */
  interface Outputs extends AutoCloseable {

    /** Takes in what was written since. */
    void refresh();

    /** How many the generation knows of. */
    int known();

    /** How many of these it has not written yet. */
    long missing();

    /**
     * Takes back what only former generations know of, as nobody else would. To be called while nobody
     * writes.
     *
     * @return how many these were
     */
    int retireOthers(GenerationLog log, Instant at);

    @Override
    void close();
  }
}
