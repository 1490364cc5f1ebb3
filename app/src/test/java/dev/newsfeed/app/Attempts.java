package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What one user can do, found out by doing it. What is done is undone by who may do everything. */
final class Attempts implements AutoCloseable {

  private static final byte[] RECORD = {1};

  private final KafkaSettings kafka;
  private final Admin admin;
  private final Admin other;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaProducer<byte[], byte[]> restoring;

  Attempts(KafkaSettings kafka, KafkaSettings restorer) {
    this.kafka = kafka;
    admin = Admin.create(kafka.with(Map.of()));
    other = Admin.create(restorer.with(Map.of()));
    consumer = new KafkaConsumer<>(
        kafka.with(Map.of("auto.offset.reset", "earliest")),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
    producer = producer(kafka);
    restoring = producer(restorer);
  }

  /** One that does not number its records, so that each is judged by its topic alone. */
  private static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka) {
    return new KafkaProducer<>(
        kafka.with(Map.of("enable.idempotence", false)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private interface Attempt {
    void run() throws ExecutionException, InterruptedException;
  }

  /** Whether it may be done; an answer that only who may do it gets says so as well. */
  private static boolean may(Attempt attempt) throws InterruptedException {
    try {
      attempt.run();
      return true;
    } catch (ExecutionException e) {
      return judged(e.getCause());
    } catch (KafkaException e) {
      return judged(e);
    }
  }

  private static boolean judged(Throwable answer) {
    if (answer instanceof AuthorizationException) {
      return false;
    }
    if (answer instanceof TopicExistsException
        || answer instanceof InvalidPartitionsException
        || answer instanceof GroupIdNotFoundException
        || answer instanceof TransactionalIdNotFoundException) {
      return true;
    }
    throw new IllegalStateException("neither done nor refused", answer);
  }

  private static <T> void get(Future<T> answer) throws ExecutionException, InterruptedException {
    answer.get();
  }

  /** What can be done to a topic, which is there before and afterwards with a record on it. */
  Set<AclOperation> topic(String name) throws InterruptedException {
    Set<AclOperation> may = EnumSet.noneOf(AclOperation.class);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    List<AlterConfigOp> alteration = List.of(
        new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET));
    NewTopic topic = new NewTopic(name, 1, (short) 1);
    add(
        may,
        AclOperation.DESCRIBE,
        () -> get(admin.describeTopics(List.of(name)).allTopicNames()));
    add(may, AclOperation.READ, () -> read(name));
    add(may, AclOperation.WRITE, () -> get(producer.send(record(name))));
    add(may, AclOperation.CREATE, () -> get(admin.createTopics(List.of(topic)).all()));
    add(
        may,
        AclOperation.DESCRIBE_CONFIGS,
        () -> get(admin.describeConfigs(List.of(resource)).all()));
    add(
        may,
        AclOperation.ALTER_CONFIGS,
        () -> get(admin
            .incrementalAlterConfigs(
                Map.of(resource, alteration), new AlterConfigsOptions().validateOnly(true))
            .all()));
    add(
        may,
        AclOperation.ALTER,
        () -> get(admin
            .createPartitions(
                Map.of(name, NewPartitions.increaseTo(100)),
                new CreatePartitionsOptions().validateOnly(true))
            .all()));
    add(may, AclOperation.DELETE, () -> get(admin.deleteTopics(List.of(name)).all()));
    if (may.contains(AclOperation.DELETE)) {
      makeTopic(name);
    }
    return may;
  }

  /** Makes a topic with a record, as somebody who may. */
  void makeTopic(String name) throws InterruptedException {
    try {
      other.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    write(name);
  }

  /** Puts a record on a topic, as somebody who may. */
  void write(String topic) throws InterruptedException {
    try {
      restoring.send(record(topic)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String topic) {
    return new ProducerRecord<>(topic, 0, RECORD, RECORD);
  }

  private void read(String topic) {
    consumer.assign(List.of(new TopicPartition(topic, 0)));
    try {
      while (consumer.poll(Duration.ofMillis(100)).isEmpty()) {
        consumer.seekToBeginning(consumer.assignment());
      }
    } finally {
      consumer.assign(List.of());
    }
  }

  /** What can be done to a consumer group that nobody is in. */
  Set<AclOperation> group(String id, String topic) throws InterruptedException {
    Set<AclOperation> may = EnumSet.noneOf(AclOperation.class);
    add(may, AclOperation.READ, () -> commit(id, topic));
    add(
        may,
        AclOperation.DESCRIBE,
        () -> get(admin.describeConsumerGroups(List.of(id)).all()));
    add(
        may,
        AclOperation.DELETE,
        () -> get(admin.deleteConsumerGroups(List.of(id)).all()));
    return may;
  }

  private void commit(String group, String topic) throws ExecutionException, InterruptedException {
    try {
      get(admin
          .alterConsumerGroupOffsets(
              group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
          .all());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicAuthorizationException)) { // of the group it was allowed
        throw e;
      }
    }
  }

  /** What can be done under a transactional id. */
  Set<AclOperation> transactionalId(String id) throws InterruptedException {
    Set<AclOperation> may = EnumSet.noneOf(AclOperation.class);
    add(may, AclOperation.WRITE, () -> {
      try (KafkaProducer<byte[], byte[]> transactional = new KafkaProducer<>(
          kafka.with(Map.of("transactional.id", id)),
          new ByteArraySerializer(),
          new ByteArraySerializer())) {
        transactional.initTransactions();
      }
    });
    add(
        may,
        AclOperation.DESCRIBE,
        () -> get(admin.describeTransactions(List.of(id)).all()));
    return may;
  }

  /** What can be done to the cluster as such. */
  Set<AclOperation> cluster() throws InterruptedException {
    Set<AclOperation> may = EnumSet.noneOf(AclOperation.class);
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    add(
        may,
        AclOperation.DESCRIBE,
        () -> get(admin.describeAcls(AclBindingFilter.ANY).values()));
    add(
        may,
        AclOperation.ALTER,
        () -> get(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all()));
    add(
        may,
        AclOperation.DESCRIBE_CONFIGS,
        () -> get(admin.describeConfigs(List.of(broker)).all()));
    add(
        may,
        AclOperation.CREATE,
        () -> get(
            admin.createTopics(List.of(new NewTopic("of-no-one", 1, (short) 1))).all()));
    return may;
  }

  /** The names of the topics that it is shown. */
  Collection<String> seen() throws InterruptedException {
    try {
      return admin.listTopics().names().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void add(Set<AclOperation> may, AclOperation what, Attempt attempt)
      throws InterruptedException {
    try {
      if (may(attempt)) {
        may.add(what);
      }
    } catch (IllegalStateException | ApiException e) {
      throw new IllegalStateException(what + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    consumer.close();
    admin.close();
    restoring.close();
    other.close();
  }
}
