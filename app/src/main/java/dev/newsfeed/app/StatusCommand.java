package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.app.watch.JobLag;
import dev.newsfeed.app.watch.ListAges;
import dev.newsfeed.schemas.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One screen: is it well, and if not, what is not. */
@Command(
    name = "status",
    description = "Tells on one screen how roles, jobs, lists and topics are, and what was refused;"
        + " status 0 when all is well, 1 when something is not.")
final class StatusCommand implements Callable<Integer> {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
  private static final Duration KAFKA_WITHIN = Duration.ofSeconds(5);
  private static final Duration REFUSED_WITHIN = Duration.ofDays(1);
  private static final int NAMED = 3;

  private final Shell shell;
  private final List<List<String>> lines = new ArrayList<>();
  private boolean well = true;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  @Option(
      names = "--lag-at-most",
      paramLabel = "RECORDS",
      description = "More than these behind, a job is not well; default ${DEFAULT-VALUE}.")
  private long lagAtMost = 10_000;

  StatusCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), UpCommand.DEFAULTS);
    role("intake", settings.intakeUrl());
    role("gateway", settings.gatewayUrl());
    if (kafka(settings)) {
      topics(settings);
      jobs(settings);
      lists(settings);
      refused(settings);
    }
    shell.out().print(Columns.text(lines));
    shell.out().println(well ? "all is well" : "not all is well: see the lines that begin with !");
    return well ? 0 : 1;
  }

  private void line(boolean good, String what, String which, String how) {
    well &= good;
    lines.add(List.of(good ? " " : "!", what, which, how));
  }

  private void role(String name, URI address) throws InterruptedException {
    URI ready = URI.create(address.toString().replaceAll("/+$", "") + "/health/ready");
    HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();
    try {
      HttpResponse<byte[]> answer = http.send(
          HttpRequest.newBuilder(ready).timeout(ANSWER_WITHIN).build(), BodyHandlers.ofByteArray());
      JsonNode health = new ObjectMapper().readTree(answer.body());
      String why = health.path("detail").asText(health.path("cause").asText("not ready"));
      boolean good = answer.statusCode() == 200;
      line(good, name, address.toString(), good ? said(health) : Columns.printable(why));
    } catch (IOException e) {
      line(false, name, address.toString(), "does not answer");
    }
  }

  /** What a role's health says beside that it is well: the numbers of the gateway, of the clicks. */
  private static String said(JsonNode health) {
    Map<String, String> numbers = new LinkedHashMap<>();
    health.properties().forEach(field -> {
      if (field.getValue().isNumber()) {
        numbers.put(field.getKey(), field.getValue().asText());
      }
    });
    health.path("clicks").properties().forEach(field -> {
      if (field.getValue().asLong() > 0) {
        numbers.put("clicks " + field.getKey(), field.getValue().asText());
      }
    });
    return numbers.entrySet().stream()
        .map(number -> number.getKey() + " " + number.getValue())
        .collect(Collectors.joining(", ", "ready" + (numbers.isEmpty() ? "" : ": "), ""));
  }

  /** Asked first: without it the others would wait for each of their answers. */
  private boolean kafka(NewsfeedSettings settings) throws InterruptedException {
    String servers = settings.kafka().bootstrapServers();
    int waitMs = (int) KAFKA_WITHIN.toMillis();
    try (Admin admin =
        Admin.create(settings.kafka().with(Map.of("client.id", "newsfeed-status")))) {
      int brokers = admin
          .describeCluster(new DescribeClusterOptions().timeoutMs(waitMs))
          .nodes()
          .get(waitMs, TimeUnit.MILLISECONDS)
          .size();
      line(true, "kafka", servers, brokers + (brokers == 1 ? " broker" : " brokers"));
      return true;
    } catch (ExecutionException | TimeoutException e) {
      line(false, "kafka", servers, "does not answer");
      return false;
    }
  }

  private void topics(NewsfeedSettings settings) {
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      List<TopicAdmin.Difference> differences =
          admin.differences(settings.topics().all());
      differences.forEach(
          difference -> line(false, "topic", difference.topic(), difference.what()));
      if (differences.isEmpty()) {
        line(true, "topics", settings.topics().prefix() + "*", "as in the catalogue");
      }
    } catch (IllegalStateException e) {
      throw new UnavailableException("topics cannot be looked at: " + e.getMessage(), e);
    }
  }

  private void jobs(NewsfeedSettings settings) {
    try (Admin admin =
        Admin.create(settings.kafka().with(Map.of("client.id", "newsfeed-status")))) {
      for (JobLag job : JobLag.all(admin, settings.kafka(), settings.topics())) {
        String how = job.members() == 0
            ? "nobody runs it, " + job.records() + " records behind"
            : "threads " + job.members() + ", " + job.records() + " records behind";
        line(job.members() > 0 && job.records() <= lagAtMost, "job", job.job(), how);
      }
    }
  }

  private void lists(NewsfeedSettings settings) {
    ListAges ages = new ListAges();
    String topic = settings.topics().mostRead.name();
    try (TopicScan scan = new TopicScan(settings.kafka(), topic)) {
      scan.toEnd(found -> ages.take(
          found.key(),
          found.value() == null
              ? null
              : settings.topics().mostRead.valueSerde().read(topic, found.value())));
    }
    Instant now = shell.clock().instant();
    List<String> stale = ages.stale(now);
    String each = ages.ofAll(now).entrySet().stream()
        .map(age -> age.getKey() + " " + Math.max(0, age.getValue().toSeconds()) + " s old")
        .collect(Collectors.joining(", "));
    line(true, "lists", String.valueOf(ages.size()), each.isEmpty() ? "none yet" : each);
    if (!stale.isEmpty()) {
      line(
          false,
          "lists",
          stale.size() + " stale",
          stale.stream().limit(NAMED).map(Columns::printable).collect(Collectors.joining(", "))
              + (stale.size() > NAMED ? " ..." : ""));
    }
  }

  /** No sign of illness by itself: a newsroom makes mistakes. */
  private void refused(NewsfeedSettings settings) {
    Instant since = shell.clock().instant().minus(REFUSED_WITHIN);
    Map<String, Integer> byReason = new TreeMap<>();
    RefusalLog.read(
            settings.kafka(),
            settings.topics(),
            (id, refused) -> refused.getAt().isAfter(since),
            0)
        .all()
        .forEach(refused -> byReason.merge(
            Columns.printable(refused.value().getStage() + " " + refused.value().getReason()),
            1,
            Integer::sum));
    int all = byReason.values().stream().mapToInt(Integer::intValue).sum();
    String each = byReason.entrySet().stream()
        .map(reason -> reason.getKey() + " " + reason.getValue())
        .collect(Collectors.joining(", "));
    line(true, "refused", all + " in a day", each.isEmpty() ? "nothing" : each);
  }
}
