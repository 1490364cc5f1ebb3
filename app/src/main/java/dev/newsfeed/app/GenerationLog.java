package dev.newsfeed.app;

import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What was said on the topic {@code jobs} about one job, and the means to say more. Only one command
 * can say something at a time: the one that began last, an earlier one is told so.
 */
final class GenerationLog implements AutoCloseable {

  private final KafkaSettings kafka;
  private final Topics topics;
  private final String job;
  private final KafkaProducer<String, byte[]> producer;

  GenerationLog(KafkaSettings kafka, Topics topics, String job) {
    this.kafka = kafka;
    this.topics = topics;
    this.job = job;
    this.producer = new KafkaProducer<>(
        kafka.with(Map.of(
            ProducerConfig.CLIENT_ID_CONFIG,
            "newsfeed-rebuild",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            writers(topics) + job)),
        new StringSerializer(),
        new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close();
      throw new UnavailableException(
          "Kafka at " + kafka.bootstrapServers() + " does not answer: " + e.getMessage(), e);
    }
  }

  /** What the transactional ids of those who write begin with. */
  static String writers(Topics topics) {
    return topics.prefix() + "rebuild-";
  }

  /** The last word; null: none was ever said. */
  @Nullable
  JobGeneration last() {
    JobGeneration[] last = new JobGeneration[1];
    try (TopicScan scan = new TopicScan(kafka, topics.jobs.name())) {
      scan.toEnd(record -> {
        if (job.equals(record.key()) && record.value() != null) {
          last[0] = topics.jobs.valueSerde().read(record.topic(), record.value());
        }
      });
    }
    return last[0];
  }

  /** Says it; every instance of the job hears it. */
  void say(JobGeneration generation) {
    write(List.of(record(topics.jobs, job, generation)));
  }

  /** A record to {@link #write}; without a value it deletes its key. */
  static <V extends SpecificRecord> ProducerRecord<String, byte[]> record(
      Topic<V> topic, String key, @Nullable V value) {
    return new ProducerRecord<>(
        topic.name(), key, value == null ? null : topic.valueSerde().write(topic.name(), value));
  }

  /** Writes outputs in the place of a job that does not: all or, should it fail, none. */
  void write(List<ProducerRecord<String, byte[]>> records) {
    if (records.isEmpty()) {
      return;
    }
    try {
      producer.beginTransaction();
      for (ProducerRecord<String, byte[]> record : records) {
        Future<RecordMetadata> unused = producer.send(record); // the commit throws what it meets
      }
      producer.commitTransaction();
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw new UnavailableException("another rebuild of " + job + " has taken over", e);
    } catch (KafkaException e) {
      throw new UnavailableException(
          "Kafka did not take it: " + Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
