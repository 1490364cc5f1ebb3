package dev.newsfeed.streams;

import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.feeds.Feeds;
import dev.newsfeed.streams.feeds.HeadSize;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.publication.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs, each as a Kafka Streams application of its own, so that each scales, resets and
 * fails alone.
 */
public final class Jobs implements AutoCloseable {

  /** What jobs tell themselves may be larger than what they tell others: a state holds several. */
  private static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

  /** Of a partition, before its consumer pauses. Each may hold all records of a poll. */
  private static final int WAITING_BATCHES = 20;

  /** How the publication job can judge a version: see {@link #versions}. */
  public static final List<String> VERDICTS = List.of("applied", "stale", "duplicate", "refused");

  /** How often a feed's head is written at most. */
  public static final Duration COALESCE_HEADS = Duration.ofMillis(200);

  private final List<RunningJob> fixed;
  private final List<RunningGenerations> renewable = new ArrayList<>();

  private Jobs(List<RunningJob> fixed) {
    this.fixed = List.copyOf(fixed);
  }

  /** The three jobs that make up the pipeline, each in its first generation. */
  public static List<Job> all(StreamsSettings settings) {
    return List.of(
        publication(settings),
        feeds(settings, Generation.FIRST),
        mostRead(settings, Generation.FIRST));
  }

  /** The names of the three jobs, in the direction in which news flows. */
  public static List<String> names() {
    return List.of(Publication.NAME, Feeds.NAME, MostRead.NAME);
  }

  private static Publication publication(StreamsSettings settings) {
    return new Publication(settings.topics(), settings.clock());
  }

  private static Feeds feeds(StreamsSettings settings, Generation generation) {
    return new Feeds(
        settings.topics(), settings.clock(), HeadSize.USUAL, COALESCE_HEADS, generation);
  }

  private static MostRead mostRead(StreamsSettings settings, Generation generation) {
    return new MostRead(
        settings.topics(),
        settings.clock(),
        settings.calendar(),
        settings.reads(),
        settings.lists(),
        generation);
  }

  /**
   * Checks the cluster and starts all jobs; those whose outputs can be built anew in the generations
   * that the topic {@code jobs} says.
   *
   * @throws IllegalStateException when the cluster is not fit for them, naming why
   */
  public static Jobs start(StreamsSettings settings) {
    List<Job> fixed = List.of(publication(settings));
    StartupChecks checks = new StartupChecks(settings);
    checks.run(fixed);
    Jobs jobs = new Jobs(begin(fixed, settings));
    try {
      jobs.renewable.add(RunningGenerations.start(
          Feeds.NAME, settings, generation -> feeds(settings, generation), checks));
      jobs.renewable.add(RunningGenerations.start(
          MostRead.NAME, settings, generation -> mostRead(settings, generation), checks));
      return jobs;
    } catch (RuntimeException e) {
      jobs.close();
      throw e;
    }
  }

  /** Some of the jobs only, each in the generation it is given in. */
  public static Jobs start(StreamsSettings settings, List<Job> chosen) {
    new StartupChecks(settings).run(chosen);
    return new Jobs(begin(chosen, settings));
  }

  private static List<RunningJob> begin(List<Job> jobs, StreamsSettings settings) {
    return jobs.stream().map(job -> new RunningJob(job, settings)).toList();
  }

  /**
   * The {@code application.id} of a job: its group, and the prefix of its internal topics. Follows
   * the topics' prefix, so that two pipelines can share a cluster.
   */
  public static String applicationId(Job job, Topics topics) {
    return applicationId(job.name(), topics);
  }

  private static String applicationId(String job, Topics topics) {
    String prefix = topics.prefix().isEmpty() ? Topics.DEFAULT_PREFIX : topics.prefix();
    return prefix.replace('.', '-') + job;
  }

  /** The same for a generation of a job by its number. */
  public static String applicationId(String job, long generation, Topics topics) {
    return applicationId(Generation.nameOf(job, generation), topics);
  }

  /**
   * Whether an application is a generation of the job whose first generation has this id.
   *
   * @param first {@code newsfeed-feeds}
   * @param application {@code newsfeed-feeds-g2}
   */
  public static boolean isGenerationOf(String first, String application) {
    return application.matches(Pattern.quote(first) + "(-g[0-9]+)?");
  }

  /** Whether this is a changelog or a repartition topic of the application, of no other generation. */
  public static boolean isInternalTopic(String application, String topic) {
    return topic.matches(Pattern.quote(application) + "-(?!g[0-9]+-).*-(changelog|repartition)");
  }

  /** A job's topology, built strictly: everything in it must be named. */
  public static Topology topology(Job job, Properties properties) {
    StreamsBuilder streams = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    job.addTo(streams);
    return streams.build(properties);
  }

  /** The settings under which a job runs. */
  public static Properties properties(Job job, StreamsSettings settings) {
    Properties p = new Properties();
    p.putAll(settings.kafka().client());
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(job, settings.topics()));
    p.put(StreamsConfig.CLIENT_ID_CONFIG, applicationId(job, settings.topics()));
    p.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, job.commitInterval().toMillis());
    // what was processed just after a commit waits for the next one, and that for the end of a poll
    p.put(StreamsConfig.POLL_MS_CONFIG, Math.min(100, job.commitInterval().toMillis()));
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    // no job needs its inputs in the order of time, and waiting for a quiet one costs a fifth of
    // each record: the reason why it may be processed is put into words for the log first
    p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    p.put("processing.exception.handler.global.enabled", true); // the default from Kafka 5 on
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1); // as the broker's default says
    // a withdrawn text is gone from changelogs after a day, as from the topics themselves
    p.put(StreamsConfig.topicPrefix("segment.ms"), Duration.ofHours(1).toMillis());
    p.put(StreamsConfig.topicPrefix("max.compaction.lag.ms"), Duration.ofDays(1).toMillis());
    // processors decode what others write; this net is for what only our own jobs may write
    p.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, StopBeforeNewer.class);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_RECORD_BYTES);
    p.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), MAX_RECORD_BYTES);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
    if (!job.batched().isEmpty()) {
      p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, WAITING_BATCHES);
    }
    // a killed process is replaced after this time; until then its partitions are nobody's
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
    p.putAll(settings.more());
    return p;
  }

  /**
   * Waits until every job runs.
   *
   * @throws IllegalStateException when one does not within this time, or has failed
   */
  public void awaitRunning(Duration atMost) {
    depended().forEach(job -> job.awaitRunning(atMost));
  }

  /** Why a job stopped by itself; null while all run. */
  public @Nullable Throwable failure() {
    for (RunningJob job : depended()) {
      if (job.failure() != null) {
        return job.failure();
      }
    }
    return renewable.stream()
        .map(RunningGenerations::failure)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The state of each job that readers depend on, as Kafka Streams calls it. */
  public Map<String, String> states() {
    Map<String, String> states = new TreeMap<>();
    depended().forEach(job -> states.put(job.name(), job.state()));
    return states;
  }

  /**
   * Whether a job runs in this process, in each of its generations that readers depend on.
   *
   * @param job one of {@link #names}
   */
  public boolean isRunning(String job) {
    List<RunningJob> running = depended(job);
    return !running.isEmpty()
        && running.stream().allMatch(r -> r.state().equals(KafkaStreams.State.RUNNING.name()));
  }

  /** How many records of a job's state are still to be read. */
  public double restoring(String job) {
    return depended(job).stream().mapToDouble(RunningJob::restoring).sum();
  }

  /** How many records of its topics each job that readers depend on has still to fetch, here. */
  public Map<String, Long> behind() {
    Map<String, Long> behind = new TreeMap<>();
    depended().forEach(job -> behind.put(job.name(), (long) job.behind()));
    return behind;
  }

  /** How many of a job's threads have died and were replaced since the start. */
  public long replacedThreads(String job) {
    return depended(job).stream().mapToLong(RunningJob::replacedThreads).sum();
  }

  /**
   * How many versions of articles the publication job has judged so since it has its tasks.
   *
   * @param verdict one of {@link #VERDICTS}
   */
  public double versions(String verdict) {
    return depended(Publication.NAME).stream()
        .mapToDouble(job -> job.sum("stream-publication-metrics", verdict + "-total"))
        .sum();
  }

  private List<RunningJob> depended(String name) {
    return depended().stream()
        .filter(
            job -> job.name().equals(name) || job.name().matches(Pattern.quote(name) + "-g[0-9]+"))
        .toList();
  }

  private List<RunningJob> depended() {
    List<RunningJob> depended = new ArrayList<>(fixed);
    renewable.forEach(generations -> depended.addAll(generations.depended()));
    return depended;
  }

  @Override
  public void close() {
    List<RunningJob> all = new ArrayList<>(fixed);
    renewable.forEach(RunningGenerations::close);
    renewable.forEach(generations -> all.addAll(generations.all()));
    List<Thread> closing = new ArrayList<>();
    for (RunningJob job : all) {
      Thread thread = new Thread(job::close, "close-" + job.name());
      thread.start();
      closing.add(thread);
    }
    for (Thread thread : closing) {
      try {
        thread.join(RunningJob.CLOSE_WITHIN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
