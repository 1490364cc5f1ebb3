package dev.newsfeed.streams;

import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.feeds.Feeds;
import dev.newsfeed.streams.feeds.HeadSize;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.publication.Publication;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs, each as a Kafka Streams application of its own, so that each scales, resets and
 * fails alone.
 */
public final class Jobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

  /** What jobs tell themselves may be larger than what they tell others: a state holds several. */
  private static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

  /** How often a feed's head is written at most. */
  public static final Duration COALESCE_HEADS = Duration.ofMillis(200);

  private final List<Running> running = new ArrayList<>();

  private Jobs() {}

  /** The three jobs that make up the pipeline. */
  public static List<Job> all(StreamsSettings settings) {
    return List.of(
        new Publication(settings.topics(), settings.clock()),
        new Feeds(settings.topics(), settings.clock(), HeadSize.USUAL, COALESCE_HEADS),
        new MostRead(
            settings.topics(),
            settings.clock(),
            settings.calendar(),
            settings.reads(),
            settings.lists()));
  }

  /**
   * Checks the cluster and starts all jobs.
   *
   * @throws IllegalStateException when the cluster is not fit for them, naming why
   */
  public static Jobs start(StreamsSettings settings) {
    return start(settings, all(settings));
  }

  /** The same with some of the jobs only. */
  public static Jobs start(StreamsSettings settings, List<Job> chosen) {
    new StartupChecks(settings.kafka(), settings.topics()).run(chosen);
    Jobs jobs = new Jobs();
    for (Job job : chosen) {
      jobs.running.add(new Running(job, settings));
    }
    return jobs;
  }

  /**
   * The {@code application.id} of a job: its group, and the prefix of its internal topics. Follows
   * the topics' prefix, so that two pipelines can share a cluster.
   */
  public static String applicationId(Job job, Topics topics) {
    String prefix = topics.prefix().isEmpty() ? Topics.DEFAULT_PREFIX : topics.prefix();
    return prefix.replace('.', '-') + job.name();
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
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    p.put("processing.exception.handler.global.enabled", true); // the default from Kafka 5 on
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1); // as the broker's default says
    // a withdrawn text is gone from changelogs after a day, as from the topics themselves
    p.put(StreamsConfig.topicPrefix("segment.ms"), Duration.ofHours(1).toMillis());
    p.put(StreamsConfig.topicPrefix("max.compaction.lag.ms"), Duration.ofDays(1).toMillis());
    // processors decode what others write; this net is for what only our own jobs may write
    p.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndContinueExceptionHandler.class);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_RECORD_BYTES);
    p.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), MAX_RECORD_BYTES);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
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
    for (Running job : running) {
      job.awaitRunning(atMost);
    }
  }

  /** Why a job stopped by itself; null while all run. */
  public @Nullable Throwable failure() {
    for (Running job : running) {
      if (job.failure != null) {
        return job.failure;
      }
    }
    return null;
  }

  /** Each job's state, as Kafka Streams calls it. */
  public Map<String, String> states() {
    Map<String, String> states = new TreeMap<>();
    running.forEach(job -> states.put(job.job.name(), job.streams.state().toString()));
    return states;
  }

  @Override
  public void close() {
    List<Thread> closing = new ArrayList<>();
    for (Running job : running) {
      Thread thread = new Thread(job::close, "close-" + job.job.name());
      thread.start();
      closing.add(thread);
    }
    for (Thread thread : closing) {
      try {
        thread.join(CLOSE_WITHIN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static final class Running {
    private final Job job;
    private final KafkaStreams streams;
    private final CountDownLatch runningOrDead = new CountDownLatch(1);
    private final Replacements replacements = new Replacements();
    private volatile @Nullable Throwable failure;

    Running(Job job, StreamsSettings settings) {
      this.job = job;
      Properties properties = properties(job, settings);
      this.streams = new KafkaStreams(topology(job, properties), properties);
      streams.setUncaughtExceptionHandler(this::uncaught);
      streams.setStateListener((now, before) -> {
        LOG.info("job={} state={} before={}", job.name(), now, before);
        if (now == KafkaStreams.State.RUNNING || now == KafkaStreams.State.ERROR) {
          runningOrDead.countDown();
        }
      });
      streams.start();
    }

    private StreamThreadExceptionResponse uncaught(Throwable cause) {
      if (replacements.allowed(Time.SYSTEM.hiResClockMs())) {
        LOG.warn("a thread died and is replaced job={}", job.name(), cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
      LOG.error("stopped after too many failures job={}", job.name(), cause);
      failure = cause;
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    void awaitRunning(Duration atMost) {
      try {
        if (!runningOrDead.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              "the job " + job.name() + " is " + streams.state() + " after " + atMost);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      if (streams.state() == KafkaStreams.State.ERROR) {
        throw new IllegalStateException("the job " + job.name() + " failed", failure);
      }
    }

    void close() {
      // leaving the group lets another instance take over at once instead of after its time-out
      streams.close(CloseOptions.timeout(CLOSE_WITHIN)
          .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  /** A thread that dies is replaced, at most five times in ten minutes. */
  static final class Replacements {
    private static final int AT_MOST = 5;
    private static final long WITHIN_MS = Duration.ofMinutes(10).toMillis();

    private final Deque<Long> times = new ArrayDeque<>();

    synchronized boolean allowed(long nowMs) {
      while (!times.isEmpty() && nowMs - times.peekFirst() > WITHIN_MS) {
        times.removeFirst();
      }
      if (times.size() >= AT_MOST) {
        return false;
      }
      times.addLast(nowMs);
      return true;
    }
  }
}
