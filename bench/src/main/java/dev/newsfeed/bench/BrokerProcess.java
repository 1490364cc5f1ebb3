package dev.newsfeed.bench;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own, so that its work is not measured as ours; its data goes at the end. */
final class BrokerProcess implements AutoCloseable {

  private final Process process;
  private final KafkaSettings kafka;
  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  private BrokerProcess(Process process, KafkaSettings kafka) {
    this.process = process;
    this.kafka = kafka;
  }

  /** Starts it and creates all topics. */
  static BrokerProcess start() throws IOException {
    int port = freePort();
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.newsfeed.app.Newsfeed",
            "broker",
            "--broker-port",
            String.valueOf(port))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    BrokerProcess broker = new BrokerProcess(process, KafkaSettings.of("127.0.0.1:" + port));
    try {
      broker.awaitReady();
      try (TopicAdmin admin = new TopicAdmin(broker.kafka)) {
        admin.apply(broker.topics.all());
      }
      return broker;
    } catch (IOException | RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  KafkaSettings kafka() {
    return kafka;
  }

  Topics topics() {
    return topics;
  }

  private void awaitReady() throws IOException {
    // stays open: closing it would break the broker's output
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains("ready")) {
        return;
      }
    }
    throw new IllegalStateException("the broker did not start");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
