package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads from a gateway as sites and people do, and sends to an intake what a clumsy CMS does. */
final class Reading {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();
  private final URI gateway;
  private final URI intake;

  Reading(URI gateway, URI intake) {
    this.gateway = gateway;
    this.intake = intake;
  }

  /** An answer of either side. */
  record Page(int status, String body) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A path of the gateway. */
  Page get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  /** Whatever bytes, to a path of the intake. */
  Page put(String path, byte[] body) {
    return send(HttpRequest.newBuilder(intake.resolve(path))
        .header("Content-Type", "application/json")
        .PUT(BodyPublishers.ofByteArray(body)));
  }

  /** The ids of the articles on the first page of a feed. */
  List<String> feed(String feedId) {
    return ids(get("/feeds/" + feedId + ".json"));
  }

  /** The ids of all articles of a feed, page by page. */
  List<String> wholeFeed(String feedId) {
    List<String> ids = new ArrayList<>();
    String next = "/feeds/" + feedId + ".json?limit=100";
    while (!next.isEmpty()) {
      Page page = get(next);
      ids.addAll(ids(page));
      next = page.json().path("next_url").asText();
    }
    return ids;
  }

  /** A most-read list, as {@code id=reads}. */
  List<String> mostRead(String window, String scope) {
    List<String> entries = new ArrayList<>();
    for (JsonNode entry : get("/most-read/" + window + "?scope=" + scope).json().path("entries")) {
      entries.add(entry.path("articleId").asText() + "=" + entry.path("reads").asLong());
    }
    return entries;
  }

  /** Opens an event stream that begins now. */
  EventStream events(String query) {
    return new EventStream(http, gateway.resolve("/events" + query), null);
  }

  /** Opens an event stream where another one has ended. */
  EventStream eventsAfter(String lastEventId, String query) {
    return new EventStream(http, gateway.resolve("/events" + query), lastEventId);
  }

  private static List<String> ids(Page page) {
    List<String> ids = new ArrayList<>();
    if (page.status() == 200) {
      for (JsonNode item : page.json().path("items")) {
        ids.add(item.path("_newsfeed").path("articleId").asText());
      }
    }
    return ids;
  }

  private Page send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
      return new Page(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
