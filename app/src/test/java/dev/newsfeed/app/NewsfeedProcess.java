package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/** The command in a process of its own, which can be stopped and killed as an operator would. */
final class NewsfeedProcess implements AutoCloseable {

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private NewsfeedProcess(Process process) {
    this.process = process;
    Thread thread = new Thread(this::read, "newsfeed-output");
    thread.setDaemon(true);
    thread.start();
  }

  /** {@code newsfeed ARGUMENTS} on the class path of this test. */
  static NewsfeedProcess start(String... arguments) throws IOException {
    return start(Newsfeed.class, arguments);
  }

  /** The same with some variables of the environment. */
  static NewsfeedProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    return start(Newsfeed.class, environment, arguments);
  }

  /** Another program on the class path of this test. */
  static NewsfeedProcess start(Class<?> main, String... arguments) throws IOException {
    return start(main, Map.of(), arguments);
  }

  private static NewsfeedProcess start(
      Class<?> main, Map<String, String> environment, String... arguments) throws IOException {
    return start(System.getProperty("java.class.path"), main.getName(), environment, arguments);
  }

  /** {@code newsfeed ARGUMENTS} on another class path, such as that of another version. */
  static NewsfeedProcess startFrom(
      String classPath, Map<String, String> environment, String... arguments) throws IOException {
    return start(classPath, Newsfeed.class.getName(), environment, arguments);
  }

  private static NewsfeedProcess start(
      String classPath, String main, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx512m",
        "-cp",
        classPath,
        main));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().putAll(environment);
    return new NewsfeedProcess(process.start());
  }

  /** {@code newsfeed up} on free ports, ready. */
  static NewsfeedProcess up(Path data) throws IOException {
    NewsfeedProcess up = start(
        "up",
        "--data",
        data.toString(),
        "--gateway-port",
        "0",
        "--intake-port",
        "0",
        "--broker-port",
        "0");
    up.awaitLine("stop with Ctrl-C");
    return up;
  }

  /** Where the feeds and pages of {@link #up} are. */
  URI gatewayUrl() {
    return URI.create(awaitLine("front page +(http\\S+)"));
  }

  /** Where it takes articles. */
  URI intakeUrl() {
    return URI.create(awaitLine("intake +(http\\S+)"));
  }

  /** Where its Kafka is. */
  String bootstrapServers() {
    return awaitLine("Kafka +([0-9.]+:[0-9]+)");
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its number, as the system knows it. */
  long pid() {
    return process.pid();
  }

  /** What it has said so far, both on its output and its errors. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Waits for a line; returns what the pattern's group holds. */
  String awaitLine(String pattern) {
    return awaitLine(pattern, Duration.ofSeconds(90));
  }

  /** The same for what takes its time. */
  String awaitLine(String pattern, Duration atMost) {
    Pattern wanted = Pattern.compile(pattern);
    Awaitility.await().atMost(atMost).untilAsserted(() -> {
      if (find(wanted).isEmpty()) {
        assertAlive();
      }
      Assertions.assertThat(lines).anyMatch(line -> wanted.matcher(line).find());
    });
    return find(wanted).orElseThrow();
  }

  /**
   * Nothing, while it runs.
   *
   * @throws IllegalStateException with what it has said, when it has ended
   */
  void assertAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("it has ended with " + process.exitValue() + ": " + lines);
    }
  }

  private Optional<String> find(Pattern wanted) {
    return lines.stream()
        .map(wanted::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(matcher.groupCount()))
        .findFirst();
  }

  /** SIGTERM, as {@code docker stop} and Ctrl-C do; returns the status. */
  int stop() throws InterruptedException {
    process.toHandle().destroy();
    return awaitEnd();
  }

  /** SIGKILL: nothing can be tidied up. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly(); // and its last words can still be read
    awaitEnd();
  }

  /** SIGSTOP: it is there, but does nothing, as on a machine that is moved or swaps itself to death. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT: it goes on and knows nothing of the time that has passed. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill -" + name + " ended with " + status);
    }
  }

  /** The processes that it has started and that have not ended. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** Gives it a line to read. */
  void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + '\n').getBytes(UTF_8));
    input.flush();
  }

  /** Waits until it ends; returns the status. */
  int awaitEnd() throws InterruptedException {
    return awaitEnd(Duration.ofSeconds(30));
  }

  /** The same for what takes its time. */
  int awaitEnd(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("it does not end: " + lines);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly(); // and its last words can still be read
  }
}
