package dev.newsfeed.app.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks whether somebody is there; no answer within two seconds is the answer that there is not. */
public final class Probes {

  private static final Duration WITHIN = Duration.ofSeconds(2);
  private static final HttpClient HTTP = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(WITHIN)
      .build();

  private Probes() {}

  /** Whether something answers at this address, with 200. */
  public static boolean answers(URI address) {
    try {
      HttpRequest request = HttpRequest.newBuilder(address).timeout(WITHIN).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether something listens on this port of this machine. */
  public static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) WITHIN.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
