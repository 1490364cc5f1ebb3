package dev.newsfeed.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The machine's nginx over a directory of files, set as one sets it who wants files fast: two
 * workers, sendfile, files kept open, compressed ones beside the others, no log, and connections
 * that are kept as long as the client likes.
 */
final class NginxProcess implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);

  private final Process process;
  private final Path directory;
  private final int port;

  private NginxProcess(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  /** Where nginx is; empty: it is not installed. */
  static Optional<Path> installed() {
    return Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What it is told, given its directory and its port. */
  interface Configuration {
    String in(Path directory, int port) throws IOException;
  }

  /**
   * Serves two files.
   *
   * @param json as {@code /feed.json}
   * @param gzip the same, compressed, for those who take it so
   */
  static NginxProcess start(Path nginx, byte[] json, byte[] gzip) throws Exception {
    return start(nginx, (directory, port) -> {
      Path files = Files.createDirectory(directory.resolve("files"));
      Files.write(files.resolve("feed.json"), json);
      Files.write(files.resolve("feed.json.gz"), gzip);
      return configuration(directory, files, port);
    });
  }

  /** Starts one in a directory of its own. */
  static NginxProcess start(Path nginx, Configuration told) throws Exception {
    Path directory = Files.createTempDirectory("newsfeed-bench-nginx-");
    int port = freePort();
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(configuration, told.in(directory, port));
    Process process = new ProcessBuilder(
            nginx.toString(),
            "-e",
            directory.resolve("error.log").toString(),
            "-p",
            directory.toString(),
            "-c",
            configuration.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    NginxProcess started = new NginxProcess(process, directory, port);
    try {
      started.awaitListening();
      return started;
    } catch (IllegalStateException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private static String configuration(Path directory, Path files, int port) {
    // who is root has workers of another user otherwise, who may not read the files
    String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
    return user + """
        daemon off;
        worker_processes 2;
        pid %1$s/pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          open_file_cache max=16 inactive=600s;
          open_file_cache_valid 600s;
          gzip_static on;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          types { application/feed+json json; }
          server {
            listen 127.0.0.1:%3$d;
            root %2$s;
          }
        }
        """.formatted(directory, files, port);
  }

  private void awaitListening() throws InterruptedException {
    long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!isListening()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("nginx did not start");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /** It and its workers. */
  List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** What its workers have used of the processors, to the hundredth of a second. */
  long cpuMicros() {
    return process
        .descendants()
        .mapToLong(worker -> worker.info().totalCpuDuration().orElseThrow().toNanos() / 1_000)
        .sum();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
