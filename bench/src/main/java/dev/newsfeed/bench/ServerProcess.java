package dev.newsfeed.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, with the Java options that the launcher gives an intake or a gateway. */
final class ServerProcess implements AutoCloseable {

  private static final String LISTENING = "listening on port ";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final BufferedReader out; // stays open: closing it would break the server's output
  private final int port;

  private ServerProcess(Process process, BufferedReader out, int port) {
    this.process = process;
    this.out = out;
    this.port = port;
  }

  /** {@code newsfeed intake}, open to this machine and without a rate for clicks. */
  static ServerProcess intake(BrokerProcess broker, String javaOptions) throws IOException {
    return start(
        "-Xms256m -Xmn96m " + javaOptions,
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS",
            broker.kafka().bootstrapServers(),
            "NEWSFEED_CLICK_RATE",
            "0"),
        "dev.newsfeed.app.Newsfeed",
        "intake",
        "--intake-port",
        "0");
  }

  /** {@code newsfeed gateway} with its archive in a directory. */
  static ServerProcess gateway(BrokerProcess broker, Path data, String javaOptions)
      throws IOException {
    return start(
        javaOptions,
        Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.kafka().bootstrapServers()),
        "dev.newsfeed.app.Newsfeed",
        "gateway",
        "--gateway-port",
        "0",
        "--data",
        data.toString());
  }

  /** The server that answers 204 to everything. */
  static ServerProcess empty() throws IOException {
    return start("", Map.of(), EmptyServer.class.getName());
  }

  /** {@code newsfeed gateway} with a directory of its own. */
  static ServerProcess gateway(BrokerProcess broker, Path data) throws IOException {
    return start(
        "",
        Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.kafka().bootstrapServers()),
        "dev.newsfeed.app.Newsfeed",
        "gateway",
        "--gateway-port",
        "0",
        "--data",
        data.toString());
  }

  /** The gateway's event streams alone. */
  static ServerProcess eventStreams(String javaOptions) throws IOException {
    return start(javaOptions, Map.of(), EventStreamServer.class.getName());
  }

  private static ServerProcess start(
      String javaOptions, Map<String, String> environment, String... program) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-Xms64m",
        "-Xmx768m"));
    Arrays.stream(javaOptions.split(" ", -1))
        .filter(option -> !option.isEmpty())
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(program));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // who runs this may have settings, keys or a cluster of their own
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("NEWSFEED_") || name.startsWith("KAFKA_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(LISTENING)) {
        return new ServerProcess(
            process, out, Integer.parseInt(line.substring(LISTENING.length())));
      }
    }
    throw new IllegalStateException("the server did not start");
  }

  int port() {
    return port;
  }

  /** Its answer to a GET; {@code headers}: names and values in turn. */
  HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return get(port, path, headers);
  }

  /** What a server on this machine answers to a GET. */
  static HttpResponse<byte[]> get(int port, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** Ends it as a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Writes a line to its input. */
  void tell(String line) throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
  }

  /** The next line of its output. */
  String answer() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IllegalStateException("the server has ended");
    }
    return line;
  }

  /** What it has used of the processors since its start, to the hundredth of a second. */
  long cpuMicros() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1_000;
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
