package dev.newsfeed.streams.publication;

import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;

/**
 * Decides what the public may see of each article.
 *
 * <pre>
 * articles ──▶ apply-version-rule ──▶ published
 *  a1 v1        a1 → v1                a1 v1 "published"
 *  a1 v3        a1 → v3                a1 v3 "updated"
 *  a1 v2        a1 → v3 (stale)
 *  a1 kill v4   a1 → withdrawn         a1 v4 notice, no text
 *  b1 v1        b1 → until 12:00
 *               (12:00 by the clock)   b1 v1 "published"
 *  ?!%          ──▶ rejected
 * controls ──▶ refuse-controls
 *  ?!%          ──▶ rejected
 * </pre>
 */
public record Publication(Topics topics, JobClock clock) implements Job {

  public static final String NAME = "publication";

  static final String ARTICLES_BY_ID = "articles-by-id";
  static final String DUE_TIMES = "due-times";
  static final String INTO_PUBLISHED = "into-published";
  static final String INTO_REJECTED = "into-rejected";
  static final String CONTROLS_INTO_REJECTED = "controls-into-rejected";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Duration commitInterval() {
    return Duration.ofMillis(10);
  }

  @Override
  public void addTo(StreamsBuilder streams) {
    KStream<String, SpecificRecord> outputs = streams.stream(
            topics.articles.name(), Wire.bytes("from-articles"))
        .process(new ApplyVersionRule(topics, clock), Named.as("apply-version-rule"));
    Wire.into(outputs, topics.published, INTO_PUBLISHED);
    Wire.into(outputs, topics.rejected, INTO_REJECTED);
    // last, so that what was there before keeps its number and with it its state
    Wire.into(
        streams.stream(topics.controls.name(), Wire.bytes("from-controls"))
            .process(new RefuseControls(topics), Named.as("refuse-controls")),
        topics.rejected,
        CONTROLS_INTO_REJECTED);
  }
}
