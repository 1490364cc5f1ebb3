package dev.newsfeed.bench;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The most-read job, the only instance, in a process of its own that can be killed. */
final class MostReadProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private MostReadProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What its consumers have read of its changelogs since it was started. */
  record Restored(long bytes, long records) {}

  /** Starts it; it does not run yet. */
  static MostReadProcess start(BrokerProcess broker, Path state) throws IOException {
    return new MostReadProcess(new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx2g",
            "-cp",
            System.getProperty("java.class.path"),
            MostReadProcess.class.getName(),
            broker.kafka().bootstrapServers(),
            state.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start());
  }

  /** The group of the job. */
  static String group(BrokerProcess broker) {
    return Jobs.applicationId(job(settings(broker.kafka(), Path.of(""))), broker.topics());
  }

  /** Waits until it has its state again and works. */
  void awaitRunning() throws IOException {
    awaitLine("running");
  }

  /** Asks it what it has restored. */
  Restored restored() throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).append("restored?\n").flush();
    String[] numbers = awaitLine("restored ").split(" ", 3);
    return new Restored(Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
  }

  private String awaitLine(String prefix) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(prefix)) {
        return line;
      }
    }
    throw new IllegalStateException("the job has ended");
  }

  /** SIGKILL. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- in the process

  /** Arguments: bootstrap servers, state directory. */
  public static void main(String[] args) throws IOException {
    StreamsSettings settings = settings(KafkaSettings.of(args[0]), Path.of(args[1]));
    Jobs jobs = Jobs.start(settings, List.of(job(settings)));
    jobs.awaitRunning(Duration.ofMinutes(5));
    System.out.println("running");
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (questions.readLine() != null) {
      System.out.println("restored " + consumed("bytes-consumed-total") + " "
          + consumed("records-consumed-total"));
    }
    jobs.close();
  }

  private static StreamsSettings settings(KafkaSettings kafka, Path state) {
    return StreamsSettings.of(
            kafka,
            new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()),
            state,
            new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY))
        // as newsfeed up does: the only instance need not wait for its former self
        .with(Map.of(
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), "only"));
  }

  private static Job job(StreamsSettings settings) {
    return Jobs.all(settings).stream()
        .filter(MostRead.class::isInstance)
        .findFirst()
        .orElseThrow();
  }

  /** What Kafka's own metrics say of the consumers that restore. */
  private static long consumed(String attribute) {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      long sum = 0;
      for (ObjectName name : beans.queryNames(
          new ObjectName(
              "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*restore-consumer*"),
          null)) {
        sum += ((Number) beans.getAttribute(name, attribute)).longValue();
      }
      return sum;
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
