package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a person meets it, in processes of its own. */
class CommandIT {

  private static final String[] FREE_PORTS = {
    "--gateway-port", "0", "--intake-port", "0", "--broker-port", "0"
  };

  @Test
  void demoShowsItsSampleMovesAndStopsCleanly() throws Exception {
    try (NewsfeedProcess demo = NewsfeedProcess.start(with("demo", FREE_PORTS))) {
      demo.awaitLine("stop with Ctrl-C");
      Reading reading = new Reading(
          URI.create(demo.awaitLine("front page +(http\\S+)")), URI.create("http://unused"));
      assertThat(demo.lines()).noneMatch(line -> line.contains("refused"));
      int sample = Integer.parseInt(demo.awaitLine("([0-9]+) articles published"));

      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
        assertThat(reading.wholeFeed("all")).hasSizeGreaterThanOrEqualTo(sample);
        assertThat(reading.get("/", "Accept", "text/html").status()).isEqualTo(200);
        for (String window : new String[] {"now", "today", "this-week"}) {
          assertThat(reading.mostRead(window, "all")).as(window).hasSizeGreaterThanOrEqualTo(7);
        }
      });
      demo.awaitLine("clicks sent, .* reads within the hour");
      assertThat(ListeningSockets.openToOthers(demo.pid())).isEmpty();

      assertThat(demo.stop()).isZero();
      assertThat(demo.lines()).noneMatch(line -> line.contains("ERROR"));
    }
  }

  @Test
  void takenPortIsToldInOneLine(@TempDir Path data) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        NewsfeedProcess up = NewsfeedProcess.start(
            "up",
            "--data",
            data.toString(),
            "--gateway-port",
            String.valueOf(other.getLocalPort()))) {
      assertThat(up.awaitEnd()).isEqualTo(2);
      assertThat(up.awaitLine("(port .*)"))
          .isEqualTo("port " + other.getLocalPort()
              + " is taken; choose another with --gateway-port or NEWSFEED_GATEWAY_PORT");
    }
  }

  @Test
  void importedFileIsInTheFeedAndOnTheTopic(@TempDir Path dir) throws Exception {
    Path rss = dir.resolve("news.xml");
    Files.writeString(rss, """
        <rss version="2.0"><channel><title>Wire</title>
          <item><title>Imported headline</title><guid>wire-1</guid>
            <pubDate>Mon, 16 Nov 2026 09:00:00 GMT</pubDate></item>
        </channel></rss>
        """);
    Path data = dir.resolve("data");
    try (NewsfeedProcess up =
        NewsfeedProcess.start(with("up", FREE_PORTS, "--data", data.toString()))) {
      up.awaitLine("stop with Ctrl-C");
      Reading reading = new Reading(
          URI.create(up.awaitLine("front page +(http\\S+)")), URI.create("http://unused"));
      String brokerPort = up.awaitLine("Kafka +127.0.0.1:([0-9]+)");

      CommandRun run = CommandRun.with("NEWSFEED_BROKER_PORT", brokerPort);
      assertThat(run.execute("import", rss.toString())).isZero();
      assertThat(run.output()).contains("1 articles published, 0 refused");
      assertThat(run.execute("topics", "tail", "published", "--from-beginning", "--max", "1"))
          .isZero();

      assertThat(run.output()).contains("\"headline\":\"Imported headline\"");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> reading.get("/feeds/all.rss").body().contains("Imported headline"));
      assertThat(up.stop()).isZero();
    }
  }

  private static String[] with(String command, String[] options, String... more) {
    String[] all = new String[1 + options.length + more.length];
    all[0] = command;
    System.arraycopy(options, 0, all, 1, options.length);
    System.arraycopy(more, 0, all, 1 + options.length, more.length);
    return all;
  }
}
