package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordBatchTest {

  private static final int BYTES_AT_MOST = 500;
  private static final TopicPartition CLICKS = new TopicPartition("clicks", 3);
  private static final TopicPartition PUBLISHED = new TopicPartition("published", 3);

  private static ConsumerRecord<byte[], byte[]> consumed(
      TopicPartition of, long offset, byte @Nullable [] key, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        of.topic(),
        of.partition(),
        offset,
        offset * 1_000 - 5_000,
        TimestampType.LOG_APPEND_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        key,
        value,
        new RecordHeaders(),
        Optional.of(7));
  }

  private static byte @Nullable [] bytes(Random random, int atMost) {
    if (random.nextInt(8) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(atMost)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<ConsumerRecord<byte[], byte[]>> unpacked(
      TopicPartition of, Iterable<ConsumerRecord<byte[], byte[]>> batches) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> each : batches) {
      RecordBatch batch = new RecordBatch(each.value());
      long first = -1;
      while (batch.next()) {
        first = first < 0 ? batch.offset() : first;
        records.add(consumed(of, batch.offset(), batch.key(), batch.value()));
        assertThat(batch.timestampMs()).isEqualTo(batch.offset() * 1_000 - 5_000);
      }
      // what is committed while the batch waits
      assertThat(each.offset()).isEqualTo(first);
      assertThat(each.leaderEpoch()).contains(7);
    }
    return records;
  }

  private static List<String> said(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(each -> each.offset() + " " + Arrays.toString(each.key()) + " "
            + Arrays.hashCode(each.value()) + " " + each.timestamp())
        .toList();
  }

  static List<Long> seeds() {
    return new Random(4).longs(200).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void batchesHoldWhatWasPolledInItsOrder(long seed) {
    Random random = new Random(seed);
    List<ConsumerRecord<byte[], byte[]>> clicks = new ArrayList<>();
    long offset = 100;
    for (int i = random.nextInt(60); i >= 0; i--) {
      offset += 1 + random.nextInt(3); // transactions leave gaps
      int atMost = random.nextInt(20) == 0 ? 2 * BYTES_AT_MOST : 200;
      clicks.add(consumed(CLICKS, offset, bytes(random, 40), bytes(random, atMost)));
    }

    ConsumerRecords<byte[], byte[]> passed = BatchingClients.batched(
        new ConsumerRecords<>(Map.of(CLICKS, clicks), Map.of()),
        Set.of("clicks"),
        BYTES_AT_MOST,
        of -> 0);

    assertThat(said(unpacked(CLICKS, passed))).isEqualTo(said(clicks));
    assertThat(passed.records(CLICKS)).allSatisfy(batch -> {
      RecordBatch first = new RecordBatch(batch.value());
      assertThat(first.next()).isTrue();
      int alone = batch.value().length - (first.valueFrom() + Math.max(0, first.valueLength()));
      assertThat(alone == 0 || batch.value().length <= BYTES_AT_MOST).isTrue();
    });
  }

  @Test
  void otherTopicsAndThePositionAfterThePollAreLeftAsTheyAre() {
    List<ConsumerRecord<byte[], byte[]>> articles =
        List.of(consumed(PUBLISHED, 9, null, null), consumed(PUBLISHED, 10, null, new byte[3]));
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    records.put(
        CLICKS, List.of(consumed(CLICKS, 70, null, null), consumed(CLICKS, 71, null, null)));
    records.put(PUBLISHED, articles);
    Map<TopicPartition, OffsetAndMetadata> next =
        Map.of(CLICKS, new OffsetAndMetadata(73), PUBLISHED, new OffsetAndMetadata(11));

    ConsumerRecords<byte[], byte[]> passed = BatchingClients.batched(
        new ConsumerRecords<>(records, next), Set.of("clicks"), BYTES_AT_MOST, of -> 0);

    assertThat(passed.records(PUBLISHED)).containsExactlyElementsOf(articles);
    assertThat(passed.records(CLICKS)).hasSize(1);
    assertThat(passed.nextOffsets()).isEqualTo(next);
  }

  @Test
  void onlyTheBatchThatTheBrokerHasNothingBehindIsTheLast() {
    List<ConsumerRecord<byte[], byte[]>> clicks = List.of(
        consumed(CLICKS, 1, null, new byte[BYTES_AT_MOST]), consumed(CLICKS, 2, null, new byte[9]));

    assertThat(isLast(clicks, 0)).containsExactly(false, true);
    assertThat(isLast(clicks, 1)).containsExactly(false, false);
    assertThat(isLast(clicks, -1)).containsExactly(false, false); // not known
  }

  private static List<Boolean> isLast(List<ConsumerRecord<byte[], byte[]>> clicks, long left) {
    List<Boolean> isLast = new ArrayList<>();
    BatchingClients.batched(
            new ConsumerRecords<>(Map.of(CLICKS, clicks), Map.of()),
            Set.of("clicks"),
            BYTES_AT_MOST,
            of -> left)
        .forEach(batch -> isLast.add(new RecordBatch(batch.value()).isLast()));
    return isLast;
  }
}
