package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * The script that a site includes with one line, {@code <script async
 * src="https://intake.example/newsfeed-click.js"></script>}. What is delivered is the resource of that
 * name without its comments and the blanks that only people need.
 */
public final class ClickScript {

  /** A page loads it again after an hour, and then mostly learns that it is the same. */
  private static final String KEPT = "public, max-age=3600";

  /** One transparent dot: GIF89a, the shortest that browsers take. */
  private static final byte[] PIXEL =
      Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

  private final byte[] bytes;
  private final String etag;

  private ClickScript(byte[] bytes) {
    this.bytes = bytes;
    this.etag = etag(bytes);
  }

  public static ClickScript shipped() {
    try (InputStream in = ClickScript.class.getResourceAsStream("newsfeed-click.js")) {
      if (in == null) {
        throw new IllegalStateException("newsfeed-click.js is missing in the jar");
      }
      return new ClickScript(delivered(new String(in.readAllBytes(), UTF_8)).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String delivered(String source) {
    return source
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
        .collect(Collectors.joining())
        .replaceAll(" ?([=+?:{}(),|;>]) ?", "$1"); // its texts have no blanks
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(Arrays.copyOf(hash, 8)) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** {@code GET /newsfeed-click.js}. */
  public CompletionStage<Answer> get(Call call) {
    boolean known = call.header("If-None-Match").contains(etag);
    Answer answer =
        known ? Answer.notModified() : Answer.content("text/javascript; charset=utf-8", bytes);
    return CompletableFuture.completedFuture(forAnySite(answer)
        .with("Cache-Control", KEPT)
        .with("ETag", etag)
        .with("X-Content-Type-Options", "nosniff"));
  }

  /** The picture that answers a click, never kept: each view asks again. */
  static Answer pixel() {
    return forAnySite(Answer.content("image/gif", PIXEL)).with("Cache-Control", "no-store");
  }

  /** Pages that isolate themselves load nothing else from another origin. */
  private static Answer forAnySite(Answer answer) {
    return answer
        .with("Access-Control-Allow-Origin", "*")
        .with("Cross-Origin-Resource-Policy", "cross-origin");
  }
}
