package dev.newsfeed.app;

import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Every decision that the topic {@code controls} still has: each one of the last 400 days, and before
 * that the last one of each key.
 *
 * <pre>
 * bridge         excluded                       ┐
 * section/world  age limit 3 days               ├ history
 * bridge         nothing                        │
 * bridge         pinned at 1                    ┘
 *
 * bridge: pinned at 1; section/world: age limit 3 days      in force
 * </pre>
 *
 * @param decisions in the order in which they came
 */
record DecisionLog(List<Decision> decisions) {

  private static final List<String> HEADINGS = List.of("when", "key", "decision", "by", "note");

  /** One decision and where it stands among those of other partitions. */
  private record Placed(long atMs, Decision decision) {}

  DecisionLog {
    decisions = List.copyOf(decisions);
  }

  /**
   * Reads the topic as it is now.
   *
   * @param warnings takes a line for each record that cannot be read
   * @throws UnavailableException when Kafka does not answer
   */
  static DecisionLog read(KafkaSettings kafka, Topic<Control> topic, Consumer<String> warnings) {
    List<Placed> placed = new ArrayList<>();
    Map<Integer, Long> lastMs = new TreeMap<>();
    try (TopicScan scan = new TopicScan(kafka, topic.name())) {
      scan.toEnd(read -> {
        // a broker's clock that was set back does not turn the order of a partition round
        long atMs = lastMs.merge(read.partition(), read.timestamp(), Math::max);
        try {
          placed.add(new Placed(atMs, decision(topic, read)));
        } catch (SerializationException e) {
          warnings.accept("passed over what is no decision: " + read.topic() + " partition "
              + read.partition() + " offset " + read.offset());
        }
      });
    }
    return new DecisionLog(placed.stream()
        .sorted((a, b) -> Long.compare(a.atMs(), b.atMs()))
        .map(Placed::decision)
        .toList());
  }

  private static Decision decision(Topic<Control> topic, ConsumerRecord<String, byte[]> read) {
    String key = read.key() == null ? "" : read.key();
    if (read.value() == null) {
      return new Decision(key, Instant.ofEpochMilli(read.timestamp()), null);
    }
    Control control = topic.valueSerde().read(topic.name(), read.value());
    return new Decision(key, control.getAt(), control);
  }

  /** Those about one article or section. */
  DecisionLog about(String key) {
    return new DecisionLog(
        decisions.stream().filter(decision -> decision.key().equals(key)).toList());
  }

  /** The last one of each key, by key, where it changes anything. */
  DecisionLog inForce() {
    Map<String, Decision> last = new TreeMap<>();
    decisions.forEach(decision -> last.put(decision.key(), decision));
    return new DecisionLog(last.values().stream().filter(Decision::hasEffect).toList());
  }

  /** The last one of all; null: there is none. */
  @Nullable
  Decision last() {
    return decisions.isEmpty() ? null : decisions.get(decisions.size() - 1);
  }

  /** For a person: a heading and a line for each, aligned. */
  String text(ZoneId zone) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    for (Decision decision : decisions) {
      lines.add(List.of(
          Columns.when(decision.at(), zone),
          Columns.printable(decision.key()),
          decision.inWords(),
          Columns.printable(decision.by()),
          Columns.printable(decision.note())));
    }
    return Columns.text(lines);
  }
}
