package dev.newsfeed.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Asks a role how it is. Container images have no other program that could. */
@Command(name = "health", description = "Asks a role how it is; status 0 when it is well.")
final class HealthCommand implements Callable<Integer> {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

  private final Shell shell;

  @Parameters(paramLabel = "URL", description = "Such as http://localhost:8080/health")
  private URI url = URI.create("");

  HealthCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();
    try {
      HttpResponse<String> response = http.send(
          HttpRequest.newBuilder(url).timeout(ANSWER_WITHIN).build(), BodyHandlers.ofString());
      shell.out().println(response.statusCode() + " " + response.body().strip());
      return response.statusCode() == 200 ? 0 : 1;
    } catch (IOException e) {
      throw new UnavailableException(url + " does not answer", e);
    }
  }
}
