package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.app.watch.JobLag;
import dev.newsfeed.app.watch.ListAges;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
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
import org.apache.kafka.common.KafkaException;
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
    KafkaSettings kafka = settings.kafka().within(KAFKA_WITHIN);
    if (kafka(kafka)) {
      told("topics", () -> topics(kafka, settings.topics()));
      told("jobs", () -> jobs(kafka, settings.topics()));
      told("lists", () -> lists(kafka, settings.topics()));
      told("refused", () -> refused(kafka, settings.topics()));
    }
    shell.out().print(Columns.text(lines));
    shell.out().println(well ? "all is well" : "not all is well: see the lines that begin with !");
    return well ? 0 : 1;
  }

  private void line(boolean good, String what, String which, String how) {
    well &= good;
    lines.add(List.of(good ? " " : "!", what, which, how));
  }

  /** What cannot be told, as where a broker has just gone, says that, and the rest is told. */
  private void told(String what, Runnable look) {
    try {
      look.run();
    } catch (UnavailableException | IllegalStateException | KafkaException e) {
      line(false, what, "cannot be told", Columns.printable(String.valueOf(e.getMessage())));
    }
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
  private boolean kafka(KafkaSettings kafka) throws InterruptedException {
    String servers = kafka.bootstrapServers();
    try (Admin admin = admin(kafka)) {
      int brokers = admin
          .describeCluster()
          .nodes()
          .get(KAFKA_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .size();
      line(true, "kafka", servers, brokers + (brokers == 1 ? " broker" : " brokers"));
      return true;
    } catch (ExecutionException | TimeoutException e) {
      line(false, "kafka", servers, "does not answer");
      return false;
    }
  }

  private static Admin admin(KafkaSettings kafka) {
    return Admin.create(kafka.with(Map.of("client.id", "newsfeed-status")));
  }

  private void topics(KafkaSettings kafka, Topics topics) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      List<TopicAdmin.Difference> differences = admin.differences(topics.all());
      differences.forEach(
          difference -> line(false, "topic", difference.topic(), difference.what()));
      List<String> risks = admin.risks(topics.all());
      risks.forEach(risk -> line(false, "topics", topics.prefix() + "*", risk));
      if (differences.isEmpty() && risks.isEmpty()) {
        line(true, "topics", topics.prefix() + "*", "as in the catalogue");
      }
    }
  }

  private void jobs(KafkaSettings kafka, Topics topics) {
    try (Admin admin = admin(kafka)) {
      for (JobLag job : JobLag.all(admin, kafka, topics)) {
        String how = job.members() == 0
            ? "nobody runs it, " + job.records() + " records behind"
            : "threads " + job.members() + ", " + job.records() + " records behind";
        line(job.members() > 0 && job.records() <= lagAtMost, "job", job.job(), how);
      }
    }
  }

  private void lists(KafkaSettings kafka, Topics topics) {
    ListAges ages = new ListAges();
    String topic = topics.mostRead.name();
    try (TopicScan scan = new TopicScan(kafka, topic)) {
      scan.toEnd(found -> ages.take(
          found.key(),
          found.value() == null ? null : topics.mostRead.valueSerde().read(topic, found.value())));
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
  private void refused(KafkaSettings kafka, Topics topics) {
    Instant since = shell.clock().instant().minus(REFUSED_WITHIN);
    Map<String, Integer> byReason = new TreeMap<>();
    RefusalLog.read(kafka, topics, (id, refused) -> refused.getAt().isAfter(since), 0)
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
