package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** nginx with nchan, as Debian has them, in a directory of its own. */
final class NginxNchan implements AutoCloseable {

  private static final String CONFIGURATION = """
      load_module %1$s;
      daemon off;
      user root;
      worker_processes %2$d;
      worker_rlimit_nofile 20000;
      pid %3$s/pid;
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
          listen 127.0.0.1:%4$d backlog=4096;
          location = /publish { nchan_publisher; nchan_channel_id news; nchan_message_timeout 30s; }
          location = /events {
            nchan_subscriber eventsource;
            nchan_channel_id news;
            nchan_subscriber_first_message newest;
          }
        }
      }
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final NginxProcess nginx;

  private NginxNchan(NginxProcess nginx) {
    this.nginx = nginx;
  }

  /** Starts it; {@code module}: where nchan is. */
  static NginxNchan start(String nginx, String module, int workers) throws Exception {
    return new NginxNchan(NginxProcess.start(
        Path.of(nginx),
        (directory, port) -> CONFIGURATION.formatted(module, workers, directory, port)));
  }

  int port() {
    return nginx.port();
  }

  void publish(String message) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port() + "/publish"))
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
    return nginx.processes();
  }

  @Override
  public void close() throws IOException {
    nginx.close();
  }
}
