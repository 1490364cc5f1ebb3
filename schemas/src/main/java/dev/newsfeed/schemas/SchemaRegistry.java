package dev.newsfeed.schemas;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Numbers given by a schema registry that speaks Confluent's REST API (Confluent, Apicurio under
 * {@code /apis/ccompat/v7}, Karapace, Redpanda). Answers are kept for good: a registry never changes
 * one.
 */
public final class SchemaRegistry implements SchemaIds {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String baseUrl;
  private final Map<String, Integer> ids = new ConcurrentHashMap<>();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

  /**
   * Schemas that the registry does not know are registered when they are first written.
   *
   * @param baseUrl without a slash at the end
   */
  public SchemaRegistry(String baseUrl) {
    this.baseUrl = baseUrl;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the registry refuses the schema
   * @throws UncheckedIOException when it cannot be reached, or not answer for the moment
   */
  @Override
  public int id(String subject, Schema schema) {
    return ids.computeIfAbsent(
        subject + '\n' + schema,
        k -> call(
                "/subjects/" + subject + "/versions",
                BodyPublishers.ofString(
                    JSON.createObjectNode().put("schema", schema.toString()).toString()))
            .path("id")
            .asInt());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the registry does not know it
   * @throws UncheckedIOException when it cannot be reached, or not answer for the moment: that says
   *     nothing of the value
   */
  @Override
  public Schema schema(int id) {
    return schemas.computeIfAbsent(
        id,
        k -> new Schema.Parser()
            .parse(call("/schemas/ids/" + id, BodyPublishers.noBody())
                .path("schema")
                .asText()));
  }

  private JsonNode call(String path, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path))
        .timeout(Duration.ofSeconds(10))
        .header("Accept", MEDIA_TYPE);
    if (body.contentLength() != 0) {
      request.header("Content-Type", MEDIA_TYPE).POST(body);
    }
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      if (response.statusCode() >= 500) {
        throw new IOException("it answered " + response.statusCode() + " to " + path);
      }
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "schema registry answered " + response.statusCode() + " to " + path);
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "schema registry cannot be asked: " + baseUrl + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the schema registry", e);
    }
  }
}
