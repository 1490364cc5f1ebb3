package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clicks per second of the most-read job with everything on, beside a plain consumer that only
 * decodes and counts the same topic. The final lists are compared with a recount in memory.
 */
@Command(name = "clicks", description = "Most-read job beside a plain counting consumer.")
final class ClicksBench implements Callable<Integer> {

  /** One part of so many is counted before anything is measured. */
  private static final int WARM_UP = 4;

  private static final long SEED = 20_260_302;

  @Option(names = "--clicks", description = "how many, default ${DEFAULT-VALUE}")
  private int clicks = 20_000_000;

  @Option(names = "--articles", description = "over how many, default ${DEFAULT-VALUE}")
  private int articles = 20_000;

  @Option(names = "--visitors", description = "by how many, default ${DEFAULT-VALUE}")
  private int visitors = 200_000;

  @Option(names = "--threads", description = "stream threads, default ${DEFAULT-VALUE}")
  private int threads = 2;

  @Override
  public Integer call() throws Exception {
    Path state = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start()) {
      ClickLoad load = new ClickLoad(
          clicks,
          articles,
          visitors,
          Instant.now(),
          Duration.ofDays(8).toMillis(),
          ClickLoad.USUALLY_LATE_PERCENT,
          SEED);
      ClickTopic topic = ClickTopic.filled(broker, load);
      topic.countedPerSecond(); // once to warm up
      double reference = topic.countedPerSecond();
      Measured job = run(broker, state, topic, new ListsRecount(load));
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "clicks");
      result.put("clicks", clicks);
      result.put("articles", articles);
      result.put("threads", threads);
      result.put("clicksPerSecond", Math.round(job.clicksPerSecond()));
      result.put("referencePerSecond", Math.round(reference));
      result.put("ratio", Math.round(1_000 * job.clicksPerSecond() / reference) / 1_000.0);
      result.put("cpuMicrosPerClick", Math.round(100 * job.cpuMicrosPerClick()) / 100.0);
      result.put("changelogBytesPerClick", job.changelogBytes() / clicks);
      result.put("heapBytesPerClick", job.heapBytes() / clicks);
      result.put("heapMegabytesPer100000Articles", job.heapBytes() / 10 / articles);
      result.put("exact", job.exact());
      System.out.println(new ObjectMapper().writeValueAsString(result));
      return job.exact() ? 0 : 1;
    } finally {
      delete(state);
    }
  }

  private record Measured(
      double clicksPerSecond,
      double cpuMicrosPerClick,
      long changelogBytes,
      long heapBytes,
      boolean exact) {}

  private Measured run(BrokerProcess broker, Path state, ClickTopic topic, ListsRecount recount)
      throws InterruptedException, ExecutionException {
    StreamsSettings base = StreamsSettings.of(
        broker.kafka(),
        broker.topics(),
        state,
        new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY));
    StreamsSettings settings = new StreamsSettings(
        base.kafka(),
        base.topics(),
        base.stateDir(),
        base.calendar(),
        base.reads(),
        base.lists(),
        base.clock(),
        threads,
        Map.of());
    List<Job> mostRead =
        Jobs.all(settings).stream().filter(MostRead.class::isInstance).toList();
    long heapBefore = heapBytes();
    try (Jobs jobs = Jobs.start(settings, mostRead)) {
      jobs.awaitRunning(Duration.ofMinutes(1));
      String group = Jobs.applicationId(mostRead.get(0), settings.topics());
      // the reference was warm, too
      long before = topic.awaitCommitted(group, clicks / WARM_UP);
      long start = System.nanoTime();
      long cpuBefore = cpuNanos();
      topic.awaitCommitted(group, clicks);
      double perSecond = (clicks - before) / seconds(start);
      double cpuMicros = (cpuNanos() - cpuBefore) / 1e3 / (clicks - before);
      long heap = heapBytes() - heapBefore;
      // lists follow counts within a second or two
      boolean exact = recount.awaitEqual(broker, Duration.ofMinutes(2));
      return new Measured(
          perSecond, cpuMicros, new Changelog(broker, group).bytesStored(), heap, exact);
    }
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static long cpuNanos() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .orElse(Duration.ZERO)
        .toNanos();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
