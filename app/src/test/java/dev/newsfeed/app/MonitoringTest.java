package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Alerts, dashboard and runbook speak of the same things. That these are measured, WatchIT sees. */
class MonitoringTest {

  static final Path RUNBOOK = Path.of("../docs/monitoring.md");
  private static final Path ALERTS = Path.of("../deploy/prometheus/alerts.yml");
  private static final Path TRIED = Path.of("../deploy/prometheus/alerts_test.yml");
  private static final Path DASHBOARD = Path.of("../deploy/grafana/dashboards/newsfeed.json");
  private static final Pattern METRIC = Pattern.compile("newsfeed_[a-z_]+[a-z]");

  @Test
  void everyAlertHasItsFirstMoveAndNothingElseHas() throws IOException {
    Set<String> alerts = found(ALERTS, Pattern.compile("(?<=- alert: )\\w+"));
    Set<String> moves = found(RUNBOOK, Pattern.compile("(?<=\n### )\\w+"));

    assertThat(alerts).hasSizeGreaterThan(10);
    assertThat(moves).isEqualTo(alerts);
  }

  @Test
  void everyAlertIsTried() throws IOException {
    assertThat(found(TRIED, Pattern.compile("(?<=alertname: )\\w+")))
        .isEqualTo(found(ALERTS, Pattern.compile("(?<=- alert: )\\w+")));
  }

  /** Where Prometheus' own tool is on the machine. */
  @Test
  void alertsRingWhereTheyMustAndNowhereElse() throws Exception {
    Process promtool;
    try {
      promtool = new ProcessBuilder(
              "promtool", "test", "rules", TRIED.getFileName().toString())
          .directory(TRIED.getParent().toFile())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      abort("there is no promtool here");
      return;
    }
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void whatAlertsAndDashboardAskForIsDescribed() throws IOException {
    Set<String> described = metrics(RUNBOOK);

    assertThat(described).containsAll(metrics(ALERTS)).containsAll(metrics(DASHBOARD));
  }

  @Test
  void dashboardShowsSomethingInEachPanel() throws IOException {
    assertThat(panels()).hasSizeGreaterThan(8).allSatisfy(panel -> {
      assertThat(panel.path("title").asText()).isNotEmpty();
      assertThat(panel.at("/targets/0/expr").asText()).isNotEmpty();
    });
  }

  private static List<JsonNode> panels() throws IOException {
    return new ObjectMapper()
        .readTree(Files.readString(DASHBOARD))
        .withArray("panels")
        .valueStream()
        .toList();
  }

  /** What the dashboard asks Prometheus. */
  static List<String> shown() throws IOException {
    return panels().stream()
        .flatMap(panel -> panel.path("targets").valueStream())
        .map(target -> target.path("expr").asText())
        .toList();
  }

  /** Without what Prometheus puts behind the names of histograms. */
  static Set<String> metrics(Path file) throws IOException {
    return found(file, METRIC).stream()
        .map(name -> name.replaceAll("_bucket$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> found(Path file, Pattern pattern) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
