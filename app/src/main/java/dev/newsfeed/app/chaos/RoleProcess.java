package dev.newsfeed.app.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A role in a process of its own that can be killed and started again. It is given an input that
 * nobody writes to: a role that finds it at its end knows that the process which started it is gone.
 */
public final class RoleProcess {

  /** Ctrl-C in a terminal goes to all processes in it; this one is stopped by who started it. */
  private static final List<String> DEAF_TO_CTRL_C =
      List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh");

  private static final int LAST_WORDS = 5;

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Probe probe;
  private @Nullable Process process;

  /** Asks whether it is at work. */
  public interface Probe {
    boolean passes();
  }

  /**
   * A role that is not running yet.
   *
   * @param environment all of it
   * @param java options of its JVM, which bound its memory
   * @param main its main class
   * @param log takes what it says; what an earlier process of it has said stays
   */
  public RoleProcess(
      String name,
      List<String> java,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment,
      Path log,
      Probe probe) {
    this.name = name;
    this.command = new ArrayList<>(DEAF_TO_CTRL_C);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    this.environment = Map.copyOf(environment);
    this.log = log;
    this.probe = probe;
  }

  String name() {
    return name;
  }

  /** Starts it. */
  public synchronized void start() {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** SIGKILL: nothing can be tidied up. Returns when it is gone. */
  public synchronized void kill() throws InterruptedException {
    if (process != null) {
      process.toHandle().destroyForcibly();
      process.waitFor();
    }
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The status with which it has ended; only of one that is not alive. */
  public synchronized int status() {
    return process == null ? 0 : process.exitValue();
  }

  /** Whether it is at work. */
  public boolean isReady() {
    return isAlive() && probe.passes();
  }

  /** SIGTERM: it may finish what it is at. Its input stays open meanwhile. */
  public synchronized void tellToStop() {
    if (process != null) {
      process.toHandle().destroy();
    }
  }

  /** Waits until it has ended, and kills it where that takes longer. */
  public void awaitEnd(long withinMs) throws InterruptedException {
    Process ending;
    synchronized (this) {
      ending = process;
    }
    if (ending != null && !ending.waitFor(withinMs, TimeUnit.MILLISECONDS)) {
      ending.toHandle().destroyForcibly();
      ending.waitFor();
    }
  }

  /** The end of what it has said. */
  public List<String> lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size());
    } catch (IOException e) {
      return List.of("what it said cannot be read: " + e);
    }
  }
}
