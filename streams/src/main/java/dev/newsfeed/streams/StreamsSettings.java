package dev.newsfeed.streams;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.mostread.ListRules;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import dev.newsfeed.streams.mostread.ReadRules;
import java.nio.file.Path;
import java.util.Map;

/**
 * Settings of the streams role.
 *
 * @param stateDir where jobs keep their stores; must survive a restart for a quick one, need not for
 *     a correct one
 * @param calendar whose midnight begins "today"
 * @param threads stream threads of each job, 1 to 64
 * @param more settings of Kafka Streams that win over all others, for tests and benchmarks
 */
public record StreamsSettings(
    KafkaSettings kafka,
    Topics topics,
    Path stateDir,
    NewsroomCalendar calendar,
    ReadRules reads,
    ListRules lists,
    JobClock clock,
    int threads,
    Map<String, Object> more) {

  public StreamsSettings {
    if (threads < 1 || threads > 64) {
      throw new IllegalArgumentException("NEWSFEED_STREAM_THREADS must be 1 to 64, is " + threads);
    }
    more = Map.copyOf(more);
  }

  /** The usual rules and the real clock, one thread a job. */
  public static StreamsSettings of(
      KafkaSettings kafka, Topics topics, Path stateDir, NewsroomCalendar calendar) {
    return new StreamsSettings(
        kafka,
        topics,
        stateDir,
        calendar,
        ReadRules.DEFAULT,
        ListRules.DEFAULT,
        JobClock.REAL,
        1,
        Map.of());
  }

  /** The same with another clock. */
  public StreamsSettings withClock(JobClock other) {
    return new StreamsSettings(
        kafka, topics, stateDir, calendar, reads, lists, other, threads, more);
  }

  /** The same with other settings of Kafka Streams. */
  public StreamsSettings with(Map<String, Object> others) {
    return new StreamsSettings(
        kafka, topics, stateDir, calendar, reads, lists, clock, threads, others);
  }
}
