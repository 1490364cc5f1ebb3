package dev.newsfeed.streams;

import dev.newsfeed.schemas.UnknownSchemaException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job at work, from its start to its close. */
final class RunningJob {

  /** How long a close may take. */
  static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);
  private static final String GLOBAL_THREAD = "-GlobalStreamThread";

  private final Job job;
  private final KafkaStreams streams;
  private final CountDownLatch runningOrDead = new CountDownLatch(1);
  private final LongAdder replaced = new LongAdder();
  private final Replacements replacements = new Replacements();
  private volatile @Nullable Throwable failure;

  RunningJob(Job job, StreamsSettings settings) {
    this.job = job;
    Properties properties = Jobs.properties(job, settings);
    this.streams = new KafkaStreams(
        Jobs.topology(job, properties), properties, new BatchingClients(job.batched()));
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
    if (Thread.currentThread().getName().endsWith(GLOBAL_THREAD)) {
      LOG.error("stopped, nobody follows a global topic any more job={}", job.name(), cause);
      failure = cause; // Kafka Streams replaces no such thread
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    UnknownSchemaException newer = StopBeforeNewer.newer(cause);
    if (newer != null) {
      LOG.error("stopped before what a newer version wrote job={}", job.name(), newer);
      // another thread would end there, too, and a newer instance waits to take over
      failure = newer;
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    String fault = StateFault.of(cause);
    if (fault != null) {
      LOG.error("stopped, the state directory cannot be used job={}", job.name(), cause);
      failure = new IllegalStateException(
          "the job " + job.name() + " cannot use its state directory: " + fault, cause);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    if (replacements.allowed(Time.SYSTEM.hiResClockMs())) {
      replaced.increment();
      LOG.warn("a thread died and is replaced job={}", job.name(), cause);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    LOG.error("stopped after too many failures job={}", job.name(), cause);
    failure = cause;
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  String name() {
    return job.name();
  }

  /** As Kafka Streams calls it. */
  String state() {
    return streams.state().toString();
  }

  /** How many records of its state are still to be read. */
  double restoring() {
    return sum("stream-task-metrics", "restore-remaining-records-total");
  }

  /** How many records of its topics its consumers here have still to fetch, as they last heard. */
  double behind() {
    return sum("consumer-fetch-manager-metrics", "records-lag", RunningJob::isOfTopics);
  }

  /** Those that restore, and those that follow global topics, have lags of their own. */
  private static boolean isOfTopics(MetricName metric) {
    String client = metric.tags().getOrDefault("client-id", "");
    return client.endsWith("-consumer")
        && !client.endsWith("-restore-consumer")
        && !client.endsWith("-global-consumer");
  }

  /** How many of its threads have died and were replaced. */
  long replacedThreads() {
    return replaced.sum();
  }

  /** What the metrics of a group and a name add up to over all threads and tasks. */
  double sum(String group, String name) {
    return sum(group, name, metric -> true);
  }

  private double sum(String group, String name, Predicate<MetricName> which) {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().group().equals(group)
            && metric.metricName().name().equals(name)
            && which.test(metric.metricName())
            && metric.metricValue() instanceof Number)
        .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
        .filter(value -> !Double.isNaN(value))
        .sum();
  }

  /** Why it stopped by itself; null while it runs. */
  @Nullable
  Throwable failure() {
    return failure;
  }

  /**
   * Waits until it runs.
   *
   * @throws IllegalStateException when it does not within this time, or has failed
   */
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
