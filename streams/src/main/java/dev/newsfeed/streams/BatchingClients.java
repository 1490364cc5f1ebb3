package dev.newsfeed.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The usual clients, but that a job's consumer hands over some topics in batches:
 *
 * <pre>
 * polled   clicks-3  @70 @71 @72 … @569   published-3  @9
 * passed   clicks-3  @70 (500 records)    published-3  @9
 * </pre>
 *
 * A batch stands at the place of its first record. That is what Kafka Streams commits while the batch
 * is waiting; once it has been processed and nothing waits behind it, it commits the position after
 * the poll. So a batch is counted as a whole or not at all, like a record.
 *
 * @param batched topics whose records come in batches; see {@link RecordBatch}
 */
record BatchingClients(Set<String> batched) implements KafkaClientSupplier {

  private static final int BATCH_BYTES = 1 << 20;

  private static final long NOT_KNOWN = -1;

  BatchingClients {
    batched = Set.copyOf(batched);
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new Batching(config, batched);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Extends Kafka's consumer for the one method through which records come. */
  private static final class Batching extends KafkaConsumer<byte[], byte[]> {
    private final Set<String> batched;

    Batching(Map<String, Object> config, Set<String> batched) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      this.batched = batched;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
      return batched(
          super.poll(atMost), batched, BATCH_BYTES, of -> currentLag(of).orElse(NOT_KNOWN));
    }
  }

  /**
   * The same records, those of some topics in batches.
   *
   * @param bytesAtMost no longer is a batch, unless a record alone is
   * @param left how many records of a partition the broker has behind those polled; -1: not known
   */
  static ConsumerRecords<byte[], byte[]> batched(
      ConsumerRecords<byte[], byte[]> polled,
      Set<String> topics,
      int bytesAtMost,
      ToLongFunction<TopicPartition> left) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> passed = new LinkedHashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      passed.put(
          partition,
          topics.contains(partition.topic())
              ? batches(records, bytesAtMost, left.applyAsLong(partition))
              : records);
    }
    return new ConsumerRecords<>(passed, polled.nextOffsets());
  }

  private static List<ConsumerRecord<byte[], byte[]>> batches(
      List<ConsumerRecord<byte[], byte[]>> records, int bytesAtMost, long left) {
    List<ConsumerRecord<byte[], byte[]>> batches = new ArrayList<>();
    int from = 0;
    int bytes = RecordBatch.PREFIX;
    for (int i = 0; i < records.size(); i++) {
      int size = RecordBatch.size(records.get(i));
      if (i > from && bytes + size > bytesAtMost) {
        batches.add(batch(records.subList(from, i), records.size() - i + Math.max(0, left)));
        from = i;
        bytes = RecordBatch.PREFIX;
      }
      bytes += size;
    }
    if (from < records.size()) {
      batches.add(batch(records.subList(from, records.size()), left));
    }
    return batches;
  }

  private static ConsumerRecord<byte[], byte[]> batch(
      List<ConsumerRecord<byte[], byte[]>> records, long left) {
    ConsumerRecord<byte[], byte[]> first = records.get(0);
    byte[] packed = RecordBatch.pack(records, left);
    return new ConsumerRecord<>(
        first.topic(),
        first.partition(),
        first.offset(),
        first.timestamp(),
        first.timestampType(),
        ConsumerRecord.NULL_SIZE,
        packed.length,
        null,
        packed,
        new RecordHeaders(),
        first.leaderEpoch());
  }
}
