package dev.newsfeed.app;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * What stands on {@code rejected} now, in the order in which it came. A thing that was refused again at
 * the same place by a job that was built anew is one; that it was sent again is said with it.
 *
 * <pre>
 * 17  publication  articles-3@5          ┐ 17, twice, replayed
 * 23  publication  articles-3@5          │
 * 41  replay       rejected-0@17         ┘
 * 42  intake       PUT /v1/articles/b    42
 * </pre>
 */
final class RefusalLog {

  /** A job's place says no more than itself: the same one there is the same refusal. */
  private record Place(String stage, String reason, String topic, int partition, long offset) {}

  private record Counted(long id, @Nullable String key, Rejected value, int times) {}

  private final KafkaSettings kafka;
  private final Topics topics;
  private final BiPredicate<Long, Rejected> wanted;
  private final long atMost;
  private final LinkedHashMap<Object, Counted> kept = new LinkedHashMap<>();
  private final Map<Long, Rejected> replays = new HashMap<>();
  private long unreadable;

  private RefusalLog(
      KafkaSettings kafka, Topics topics, BiPredicate<Long, Rejected> wanted, long atMost) {
    this.kafka = kafka;
    this.topics = topics;
    this.wanted = wanted;
    this.atMost = atMost;
  }

  /**
   * Reads the topic; the bytes of what was refused are not kept.
   *
   * @param wanted by id and content
   * @param atMost of those wanted the last ones; 0: all
   * @throws UnavailableException when Kafka does not answer
   */
  static RefusalLog read(
      KafkaSettings kafka, Topics topics, BiPredicate<Long, Rejected> wanted, long atMost) {
    RefusalLog log = new RefusalLog(kafka, topics, wanted, atMost);
    try (TopicScan scan = new TopicScan(kafka, topics.rejected.name())) {
      scan.toEnd(log::take);
    }
    return log;
  }

  /** Reads the topic once more and hands over those wanted with their bytes, one at a time. */
  void whole(Consumer<Refused> reader) {
    Map<Long, Refused> byId = new HashMap<>();
    all().forEach(refused -> byId.put(refused.id(), refused));
    try (TopicScan scan = new TopicScan(kafka, topics.rejected.name())) {
      scan.toEnd(record -> {
        Refused light = byId.remove(record.offset());
        Rejected value = light == null ? null : decoded(record);
        if (light != null && value != null) {
          reader.accept(
              new Refused(light.id(), light.key(), value, light.times(), light.replayed()));
        }
      });
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    Rejected value = decoded(record);
    if (value == null) {
      unreadable++;
    } else if (value.getReason().equals(Replay.REPLAYED)) {
      replays.put(value.getOffset(), value);
    } else if (wanted.test(record.offset(), value)) {
      Object place = value.getTopic() == null
          ? Long.valueOf(record.offset())
          : new Place(
              value.getStage(),
              value.getReason(),
              value.getTopic(),
              Objects.requireNonNullElse(value.getPartition(), 0),
              Objects.requireNonNullElse(value.getOffset(), 0L));
      Rejected light =
          Rejected.newBuilder(value).setBytes(ByteBuffer.allocate(0)).build();
      kept.merge(
          place,
          new Counted(record.offset(), record.key(), light, 1),
          (first, again) -> new Counted(first.id(), first.key(), first.value(), first.times() + 1));
      if (atMost > 0 && kept.size() > atMost) {
        Iterator<Object> oldest = kept.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
    }
  }

  private @Nullable Rejected decoded(ConsumerRecord<String, byte[]> record) {
    try {
      return record.value() == null
          ? null
          : topics.rejected.valueSerde().read(record.topic(), record.value());
    } catch (SerializationException e) {
      return null;
    }
  }

  /** Those wanted, the newest last. */
  List<Refused> all() {
    List<Refused> all = new ArrayList<>();
    kept.values()
        .forEach(counted -> all.add(new Refused(
            counted.id(),
            counted.key(),
            counted.value(),
            counted.times(),
            replays.get(counted.id()))));
    return all;
  }

  /** Records of the topic that are no refusals. */
  long unreadable() {
    return unreadable;
  }
}
