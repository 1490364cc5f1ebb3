package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The most-read job alone, under settings that no command offers: another guarantee, a short session,
 * a stop in the midst of a commit.
 *
 * <p>Arguments: bootstrap servers, topic prefix, name of the instance, state directory, guarantee, zone,
 * first day of the week. Lines it reads: {@code stop} to stop in the next commit, {@code go on}.
 */
final class MostReadMain {

  /** Short, but as long as the broker allows: after this time a silent instance is taken for dead. */
  static final Duration SESSION = Duration.ofSeconds(6);

  private MostReadMain() {}

  public static void main(String[] args) throws IOException {
    StopsInCommit.Moment moment = new StopsInCommit.Moment(() -> System.out.println("stopped"));
    Map<String, Object> more = Map.of(
        StreamsConfig.CLIENT_ID_CONFIG,
        args[2],
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        args[4],
        StreamsConfig.consumerPrefix("session.timeout.ms"),
        (int) SESSION.toMillis(),
        StreamsConfig.consumerPrefix("heartbeat.interval.ms"),
        1_000,
        // whoever is frozen in the midst of a rebalance holds up the others for so long
        StreamsConfig.consumerPrefix("max.poll.interval.ms"),
        15_000,
        StreamsConfig.producerPrefix("interceptor.classes"),
        StopsInCommit.class.getName(),
        StreamsConfig.producerPrefix(StopsInCommit.MOMENT),
        moment);
    StreamsSettings settings = StreamsSettings.of(
            KafkaSettings.of(args[0]),
            new Topics(args[1], SchemaCatalogue.shipped()),
            Path.of(args[3]),
            new NewsroomCalendar(ZoneId.of(args[5]), DayOfWeek.valueOf(args[6])))
        .with(more);
    List<Job> mostRead =
        Jobs.all(settings).stream().filter(MostRead.class::isInstance).toList();
    Jobs jobs = Jobs.start(settings, mostRead);
    Runtime.getRuntime().addShutdownHook(new Thread(jobs::close, "close"));
    jobs.awaitRunning(Duration.ofMinutes(1));
    System.out.println("running");
    obey(moment);
  }

  private static void obey(StopsInCommit.Moment moment) throws IOException {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      switch (line) {
        case "stop" -> moment.want();
        case "go on" -> moment.goOn();
        default -> throw new IllegalArgumentException(line);
      }
      System.out.println("understood: " + line);
    }
  }
}
