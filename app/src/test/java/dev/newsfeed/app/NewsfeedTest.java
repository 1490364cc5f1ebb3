package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewsfeedTest {

  @ParameterizedTest
  @CsvSource({
    "NEWSFEED_GATEWAY_PORT, web",
    "NEWSFEED_INTAKE_PORT, 70000",
    "NEWSFEED_BROKER_PORT, -1",
    "NEWSFEED_HEALTH_PORT, 1.5",
    "NEWSFEED_ZONE, Mars/Olympus",
    "NEWSFEED_FIRST_DAY_OF_WEEK, someday",
    "NEWSFEED_ZONE, +05:07",
    "NEWSFEED_WEEK, fortnight",
    "NEWSFEED_EDITIONS, Asia/Tokyo",
    "NEWSFEED_EDITIONS, 'a=UTC,a=UTC'",
    "NEWSFEED_NOW_AT_LEAST, 21",
    "NEWSFEED_READ_SLOT, half an hour",
    "NEWSFEED_READ_SLOT, PT7M",
    "NEWSFEED_VISITOR_READS, 0",
    "NEWSFEED_NETWORK_READS, many",
    "NEWSFEED_NETWORK_PERCENT, 101",
    "NEWSFEED_CLOCK, yesterday",
    "NEWSFEED_STREAM_THREADS, 0",
    "NEWSFEED_PARTITIONS, 0",
    "NEWSFEED_VISITOR_SECRET, short",
    "NEWSFEED_STAFF_NETWORKS, '192.0.2.0/24,desk'",
    "NEWSFEED_MONITOR_NETWORKS, 2001:db8::/129",
    "NEWSFEED_PROXIES, proxy.example",
    "NEWSFEED_CLICK_RATE, -1",
    "NEWSFEED_TOPIC_PREFIX, 'a b'",
    "NEWSFEED_SECTIONS, 'world,Sport!'",
    "NEWSFEED_PUBLIC_URL, news.example",
    "NEWSFEED_TAG_AUTHORITY, https://news.example",
    "NEWSFEED_INTAKE_URL, ftp://news.example",
    "SCHEMA_REGISTRY_URL, registry",
    "SCHEMA_REGISTRY_URL, 'https://user:open-sesame@registry'",
    "SCHEMA_REGISTRY_URL, 'https://user:open-sesame@['",
    "KAFKA_BOOTSTRAP_SERVERS, broker",
  })
  void badSettingIsNamedInOneLineBeforeAnyConnection(String variable, String value) {
    CommandRun run = CommandRun.with(variable, value);

    assertThat(run.execute("topics", "list")).isEqualTo(2);
    assertThat(run.errors())
        .startsWith("newsfeed: " + variable)
        .hasLineCount(1)
        .doesNotContain("open-sesame");
    assertThat(run.output()).isEmpty();
  }

  @Test
  void networkThatIsNoneIsQuoted() {
    CommandRun run = CommandRun.with("NEWSFEED_STAFF_NETWORKS", "192.0.2.0/24, 10.1.2.3/8");

    assertThat(run.execute("topics", "list")).isEqualTo(2);
    assertThat(run.errors()).contains("\"10.1.2.3/8\"").doesNotContain("192.0.2.0");
  }

  @Test
  void secretIsNeverShown() {
    NewsfeedSettings settings = NewsfeedSettings.from(Map.of(
        NewsfeedSettings.VISITOR_SECRET,
        "an-open-secret-of-ours",
        "KAFKA_SASL_JAAS_CONFIG",
        "password=open-sesame"));

    assertThat(settings.toString()).doesNotContain("an-open-secret-of-ours", "open-sesame");
  }

  @Test
  void unknownTopicIsAnsweredWithThoseThereAre() {
    CommandRun run = CommandRun.plain();

    assertThat(run.execute("topics", "tail", "newz")).isEqualTo(2);
    assertThat(run.errors()).contains("newz").contains("most-read").hasLineCount(1);
  }

  @Test
  void listIsSetInOneWayAtATime() {
    for (String[] line : new String[][] {
      {"curate", "top-stories"},
      {"curate", "top-stories", "a1", "--delete"},
      {"curate", "top-stories", "a1", "--file", "-"},
      {"curate", "top-stories", "--file", "no-such-file.json"},
      {"curate", "top-stories", "--file", "-"}, // nothing is piped in
    }) {
      CommandRun run = CommandRun.plain();

      assertThat(run.execute(line)).as(String.join(" ", line)).isEqualTo(2);
      assertThat(run.errors()).startsWith("newsfeed: ").hasLineCount(1);
    }
  }

  @Test
  void wrongUseOfControlsIsToldBeforeAnyConnection() {
    for (String[] line : new String[][] {
      {"control", "exclude", "no id!"},
      {"control", "exclude", "section/No-Slug"},
      {"control", "pin", "bridge"},
      {"control", "pin", "bridge", "first"},
      {"control", "evergreen", "bridge", "maybe"},
      {"control", "age-limit", "bridge"},
      {"controls", "kind/gallery"},
    }) {
      CommandRun run = CommandRun.plain();

      assertThat(run.execute(line)).as(String.join(" ", line)).isEqualTo(2);
      assertThat(run.output()).isEmpty();
      assertThat(run.errors()).isNotBlank();
    }
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    CommandRun run = CommandRun.plain();

    assertThat(run.execute()).isEqualTo(2);
    assertThat(run.errors()).contains("demo", "publish", "topics");
  }
}
