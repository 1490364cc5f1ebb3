package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.schemas.FeedIds;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Talks to an intake over HTTP, as a CMS and a page do. */
public final class IntakeClient implements Desk {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();
  private final String base;
  private final Credentials.@Nullable Token key;

  /** An intake at this address, such as {@code http://localhost:8081}, that wants no key. */
  IntakeClient(URI intake) {
    this(intake, null);
  }

  /**
   * One that may want a key.
   *
   * @param key null: none is shown
   */
  IntakeClient(URI intake, Credentials.@Nullable Token key) {
    this.base = intake.toString().replaceAll("/+$", "");
    this.key = key;
  }

  /** The intake that commands talk to. */
  static IntakeClient of(NewsfeedSettings settings) {
    return new IntakeClient(settings.intakeUrl(), settings.key());
  }

  /**
   * What the intake said.
   *
   * @param body a JSON object; empty where it sent none
   */
  public record Answer(int status, JsonNode body) {

    public boolean accepted() {
      return status / 100 == 2;
    }

    /** Why it was refused, in one line, each problem with its field. */
    public String problem() {
      StringBuilder line = new StringBuilder();
      for (JsonNode problem : body.path("errors")) {
        line.append(line.isEmpty() ? "" : "; ")
            .append(problem.path("field").asText())
            .append(": ")
            .append(problem.path("detail").asText());
      }
      if (line.isEmpty()) {
        line.append(body.path("detail").asText(body.path("title").asText("no reason given")));
      }
      return line + " (HTTP " + status + ")";
    }
  }

  /** Publishes an article, given as its JSON that says its id. */
  @Override
  public Answer publish(ObjectNode article) {
    String id = article.path("articleId").asText();
    return sendWithKey("PUT", address("/v1/articles/", id, ""), bytes(article));
  }

  Answer withdraw(String articleId, long version, String reason) {
    ObjectNode body = JSON.createObjectNode().put("version", version).put("reason", reason);
    return sendWithKey("POST", address("/v1/articles/", articleId, "/withdraw"), bytes(body));
  }

  /** Sets an editor's list: {@code {"title", "by", "entries"}}. */
  @Override
  public Answer curate(String name, ObjectNode list) {
    return sendWithKey("PUT", address("/v1/curated/", name, ""), bytes(list));
  }

  /** Takes an editor's list away. */
  Answer removeList(String name) {
    return sendWithKey("DELETE", address("/v1/curated/", name, ""), new byte[0]);
  }

  /**
   * Sends an editor's decision about most-read, whole.
   *
   * @param key an article id, or {@code section/world}
   */
  Answer decide(String key, ObjectNode decision) {
    boolean section = key.startsWith(FeedIds.SECTION);
    String before = "/v1/controls/" + (section ? FeedIds.SECTION : "");
    String id = section ? key.substring(FeedIds.SECTION.length()) : key;
    return sendWithKey("PUT", address(before, id, ""), bytes(decision));
  }

  /** One click by a reader. */
  Answer click(String articleId, Reader reader) {
    return clicks(JSON.createObjectNode().put("articleId", articleId), reader);
  }

  /** Clicks as a page sends them: one object, or a list of them. */
  Answer clicks(JsonNode body, Reader reader) {
    return send(HttpRequest.newBuilder(URI.create(base + "/v1/clicks"))
        .header("Content-Type", "application/json")
        .header("User-Agent", reader.userAgent())
        .header("X-Forwarded-For", reader.address())
        .POST(BodyPublishers.ofByteArray(bytes(body))));
  }

  /**
   * Sends the body of an earlier request again, byte for byte.
   *
   * @param path percent-encoded, from the root
   */
  Answer again(String method, String path, String contentType, byte[] body) {
    return sendWithKey(method, URI.create(base + path), contentType, body);
  }

  private URI address(String before, String id, String after) {
    String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return URI.create(base + before + encoded + after);
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Answer sendWithKey(String method, URI address, byte[] body) {
    return sendWithKey(method, address, "application/json", body);
  }

  private Answer sendWithKey(String method, URI address, String contentType, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).method(method, BodyPublishers.ofByteArray(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    if (key != null) {
      request.header(
          "Authorization", key.signing() ? signed(method, address, body) : "Bearer " + key.shown());
    }
    return send(request);
  }

  private String signed(String method, URI address, byte[] body) {
    long now = System.currentTimeMillis() / 1_000;
    String nonce = UUID.randomUUID().toString();
    return Credentials.Signature.of(
            Objects.requireNonNull(key), method, address.getRawPath(), body, now, nonce)
        .toString();
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response =
          http.send(request.timeout(ANSWER_WITHIN).build(), BodyHandlers.ofByteArray());
      boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
      JsonNode body = json ? JSON.readTree(response.body()) : JSON.createObjectNode();
      return new Answer(response.statusCode(), body);
    } catch (IOException e) {
      throw new UnavailableException("the intake at " + base + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while the intake was asked", e);
    }
  }
}
