package dev.newsfeed.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Sites that ask again and again for what they have, as feeds are read. */
class NotModifiedIT {

  private static final int SITES = 16;
  private static final int QUESTIONS = 3_000;

  @TempDir
  Path directory;

  @Test
  void eachQuestionIsAnsweredAndNoConnectionIsLost() throws Exception {
    ListAppender<ILoggingEvent> complaints = new ListAppender<>();
    complaints.start();
    Logger server = (Logger) LoggerFactory.getLogger("org.eclipse.jetty");
    server.addAppender(complaints);
    try (TestSite site = new TestSite(directory)) {
      site.publish(Samples.published("a1"));
      String address = "/articles/a1.json"; // looked up each time
      String etag = site.get(address).headers().firstValue("ETag").orElseThrow();
      byte[] question = ("GET " + address + " HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + etag
              + "\r\n\r\n")
          .getBytes(ISO_8859_1);
      ExecutorService sites = Executors.newFixedThreadPool(SITES);
      try {
        List<Callable<Integer>> asking = new ArrayList<>();
        for (int i = 0; i < SITES; i++) {
          asking.add(() -> notModified(site.port(), question));
        }
        for (Future<Integer> answered : sites.invokeAll(asking)) {
          assertThat(answered.get()).isEqualTo(QUESTIONS);
        }
      } finally {
        sites.shutdownNow();
      }
    } finally {
      server.detachAppender(complaints);
    }
    assertThat(complaints.list).isEmpty(); // an exchange that ends twice is told here, too
  }

  /** How many of the questions are answered with 304 before the connection ends. */
  private static int notModified(int port, byte[] question) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
      socket.setTcpNoDelay(true);
      for (int answered = 0; answered < QUESTIONS; answered++) {
        socket.getOutputStream().write(question);
        String status = in.readLine();
        if (status == null || !status.startsWith("HTTP/1.1 304 ")) {
          return answered;
        }
        String line = status;
        while (line != null && !line.isEmpty()) {
          line = in.readLine();
        }
      }
      return QUESTIONS;
    }
  }
}
