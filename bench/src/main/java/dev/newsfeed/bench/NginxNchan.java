package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** nginx with nchan, as Debian has them, in a directory of its own. */
final class NginxNchan implements AutoCloseable {

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path directory;
  private final Process process;
  private final int port;

  private NginxNchan(Path directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** Starts it. */
  static NginxNchan start(String nginx, String module, int workers) throws Exception {
    Path directory = Files.createTempDirectory("newsfeed-nchan-");
    int port = freePort();
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration, String.format(Locale.ROOT, """
          load_module %s;
          daemon off;
          user root;
          worker_processes %d;
          worker_rlimit_nofile 20000;
          pid %s/pid;
          error_log stderr error;
          events { worker_connections 20000; }
          http {
            access_log off;
            client_body_temp_path %3$s/body;
            proxy_temp_path %3$s/proxy;
            fastcgi_temp_path %3$s/fastcgi;
            uwsgi_temp_path %3$s/uwsgi;
            scgi_temp_path %3$s/scgi;
            nchan_shared_memory_size 256m;
            server {
              listen 127.0.0.1:%d backlog=4096;
              location = /publish { nchan_publisher; nchan_channel_id news; nchan_message_timeout 30s; }
              location = /events {
                nchan_subscriber eventsource;
                nchan_channel_id news;
                nchan_subscriber_first_message newest;
              }
            }
          }
          """, module, workers, directory, port));
    Process process = new ProcessBuilder(
            nginx, "-p", directory.toString(), "-c", configuration.toString(), "-e", "stderr")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    NginxNchan started = new NginxNchan(directory, process, port);
    started.awaitListening();
    return started;
  }

  private void awaitListening() throws Exception {
    for (int i = 0; i < 100; i++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    close();
    throw new IllegalStateException("nginx did not start");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  void publish(String message) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + "/publish"))
        .timeout(Duration.ofSeconds(30))
        .POST(BodyPublishers.ofByteArray(message.getBytes(UTF_8)))
        .build();
    HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
    if (response.statusCode() / 100 != 2) {
      throw new IllegalStateException("nchan answered " + response.statusCode());
    }
  }

  /** It and its workers. */
  List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
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
