package dev.newsfeed.streams;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.apache.kafka.streams.TopologyDescription;
import org.jspecify.annotations.Nullable;

/**
 * Refuses to start jobs on a cluster where their promises would not hold, naming the thing: on the
 * wrong partitions counts would be split, without transactions of the second version they could
 * double.
 */
final class StartupChecks {

  private static final long TIMEOUT_S = 30;
  private static final short TRANSACTIONS_NEEDED = 2;
  private static final Duration POLL = Duration.ofMillis(200);

  private final StreamsSettings settings;
  private final KafkaSettings kafka;
  private final Topics topics;

  StartupChecks(StreamsSettings settings) {
    this.settings = settings;
    this.kafka = settings.kafka();
    this.topics = settings.topics();
  }

  /**
   * Checks the cluster.
   *
   * @throws IllegalStateException naming every thing that is not as it must be
   */
  void run(List<Job> jobs) {
    topicsAreAsInTheCatalogue();
    try (Admin admin = admin()) {
      transactionsAreSafe(admin);
      for (Job job : jobs) {
        stateHasItsPosition(admin, job);
      }
    }
  }

  private Admin admin() {
    return Admin.create(kafka.with(Map.of("client.id", "newsfeed-startup-checks")));
  }

  private void topicsAreAsInTheCatalogue() {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      List<String> wrong =
          admin.differences(topics.all()).stream().map(Object::toString).toList();
      if (!wrong.isEmpty()) {
        throw new IllegalStateException(
            "topics are not as they must be (newsfeed topics apply): " + String.join("; ", wrong));
      }
    }
  }

  private static void transactionsAreSafe(Admin admin) {
    FinalizedVersionRange version = get(admin.describeFeatures().featureMetadata())
        .finalizedFeatures()
        .get("transaction.version");
    if (version == null || version.maxVersionLevel() < TRANSACTIONS_NEEDED) {
      throw new IllegalStateException("the cluster's feature transaction.version is "
          + (version == null ? "not set" : version.maxVersionLevel())
          + ", must be "
          + TRANSACTIONS_NEEDED
          + " or more: without it a crash can count a read twice. Brokers must be of Kafka 4.0 or"
          + " newer, and keep the features of the version they were upgraded from until"
          + " \"kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature"
          + " transaction.version=2\"");
    }
  }

  /**
   * State in a changelog without a position in the sources would be restored, and then everything
   * would be counted on top of it once more. A first start says of each partition where it begins, so
   * that a position that is missing later was lost, even where only some are.
   */
  void stateHasItsPosition(Job job) {
    try (Admin admin = admin()) {
      stateHasItsPosition(admin, job);
    }
  }

  private void stateHasItsPosition(Admin admin, Job job) {
    String application = Jobs.applicationId(job, topics);
    Set<String> changelogs = new HashSet<>(get(admin.listTopics().names()));
    changelogs.removeIf(
        name -> !Jobs.isInternalTopic(application, name) || !name.endsWith("-changelog"));
    Map<TopicPartition, @Nullable OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
    if (committed.isEmpty() && !changelogs.isEmpty() && hasRecords(partitions(admin, changelogs))) {
      throw new IllegalStateException(stateOf(job)
          + "no committed offsets: it would count everything twice. Restore the offsets of group "
          + application
          + ", or delete its changelogs to begin anew");
    }
    Set<TopicPartition> without = new HashSet<>();
    List<String> lost = new ArrayList<>();
    for (Part part : parts(job)) {
      for (TopicPartition source : partitions(admin, part.sources())) {
        if (committed.get(source) == null) {
          without.add(source);
          if (!committed.isEmpty() && isLost(admin, source, part, changelogs, application)) {
            lost.add(source.toString());
          }
        }
      }
    }
    if (!lost.isEmpty()) {
      throw new IllegalStateException(stateOf(job)
          + "no committed offsets for "
          + String.join(", ", new TreeSet<>(lost))
          + ": it would count what stands there twice. Restore these offsets of group "
          + application
          + " (0 where it has never read anything), or delete its changelogs and its offsets to"
          + " begin anew");
    }
    beginAtTheirBeginning(admin, application, without);
  }

  private static String stateOf(Job job) {
    return "the job " + job.name() + " has state in its changelogs but ";
  }

  /** A part of a topology that is worked on partition by partition. */
  private record Part(Set<String> sources, Set<String> stores) {}

  /** What a job reads of the catalogue's topics, with the stores that follow from it. */
  private List<Part> parts(Job job) {
    Set<String> known = new HashSet<>();
    topics.all().forEach(topic -> known.add(topic.name()));
    List<Part> parts = new ArrayList<>();
    for (TopologyDescription.Subtopology part :
        Jobs.topology(job, Jobs.properties(job, settings)).describe().subtopologies()) {
      Set<String> sources = new HashSet<>();
      Set<String> stores = new HashSet<>();
      for (TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Source source) {
          sources.addAll(source.topicSet());
        } else if (node instanceof TopologyDescription.Processor processor) {
          stores.addAll(processor.stores());
        }
      }
      sources.retainAll(known);
      parts.add(new Part(sources, stores));
    }
    return parts;
  }

  /** Whether something stands in a partition, and in the state that follows from it. */
  private boolean isLost(
      Admin admin, TopicPartition source, Part part, Set<String> changelogs, String application) {
    if (offset(admin, source, OffsetSpec.latest())
        == offset(admin, source, OffsetSpec.earliest())) {
      return false;
    }
    Set<String> following = new HashSet<>();
    part.stores().forEach(store -> following.add(application + '-' + store + "-changelog"));
    following.retainAll(changelogs);
    List<TopicPartition> state = partitions(admin, following);
    state.removeIf(partition -> partition.partition() != source.partition());
    return hasRecords(state);
  }

  private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec) {
    return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
        .offset();
  }

  /** Where another instance is at work it has done so. */
  private static void beginAtTheirBeginning(
      Admin admin, String application, Set<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    partitions.forEach(partition -> earliest.put(partition, OffsetSpec.earliest()));
    Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
    get(admin.listOffsets(earliest).all())
        .forEach(
            (partition, found) -> beginnings.put(partition, new OffsetAndMetadata(found.offset())));
    try {
      get(admin.alterConsumerGroupOffsets(application, beginnings).all());
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof UnknownMemberIdException)) {
        throw e;
      }
    }
  }

  private static List<TopicPartition> partitions(Admin admin, Set<String> names) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (TopicDescription topic :
        get(admin.describeTopics(names).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(p -> partitions.add(new TopicPartition(topic.name(), p.partition())));
    }
    return partitions;
  }

  /** Whether anything stands there for good: a job killed in its first transaction leaves less. */
  private boolean hasRecords(List<TopicPartition> partitions) {
    Timer timer = Time.SYSTEM.timer(Duration.ofSeconds(TIMEOUT_S));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG, "newsfeed-startup-checks",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      partitions.removeIf(partition -> ends.getOrDefault(partition, 0L) == 0);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        if (!consumer.poll(POLL).isEmpty()) {
          return true;
        }
        timer.update();
        if (timer.isExpired()) {
          throw new IllegalStateException("changelogs cannot be read within " + TIMEOUT_S + " s");
        }
      }
      return false;
    }
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException("Kafka refused: " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IllegalStateException("Kafka did not answer within " + TIMEOUT_S + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Kafka", e);
    }
  }
}
