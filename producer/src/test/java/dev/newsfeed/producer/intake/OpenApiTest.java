package dev.newsfeed.producer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document against the intake that it describes. */
class OpenApiTest {

  private TestIntake intake;
  private JsonNode document;

  @BeforeEach
  void start() {
    intake = TestIntake.started();
    document = TestIntake.json(intake.get("/openapi.json"));
  }

  @AfterEach
  void stop() {
    intake.close();
  }

  private record Operation(String method, String address, JsonNode described) {
    @Override
    public String toString() {
      return method + " " + address;
    }
  }

  private List<Operation> operations() {
    return document.path("paths").properties().stream()
        .flatMap(path -> path.getValue().properties().stream()
            .map(operation -> new Operation(
                operation.getKey().toUpperCase(Locale.ROOT),
                address(path.getKey(), operation.getValue()),
                operation.getValue())))
        .toList();
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.isEmpty() ? node : document.at(ref.substring(1));
  }

  private String address(String path, JsonNode operation) {
    String address = path;
    for (JsonNode one : operation.path("parameters")) {
      JsonNode parameter = resolved(one);
      address = address.replace(
          "{" + parameter.path("name").asText() + "}", parameter.path("example").asText());
    }
    return address;
  }

  @Test
  void anIndependentParserFindsNothingWrong() {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString());

    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getPaths()).hasSize(document.path("paths").size());
  }

  @Test
  void everyRouteIsDescribedAndNothingElse() {
    Set<String> routes = new TreeSet<>();
    intake.routes().forEach(route -> routes.add(route.method() + " " + route.path()));
    routes.add("POST " + ImportHandler.PATH);
    Set<String> described = new TreeSet<>();
    for (Operation operation : operations()) {
      List<String> matching = intake.routes().stream()
          .filter(route -> route.method().equals(operation.method())
              && route.path().matcher(operation.address()).matches())
          .map(route -> route.method() + " " + route.path())
          .toList();
      described.addAll(matching.isEmpty() ? List.of(operation.toString()) : matching);
    }

    assertThat(described).isEqualTo(routes);
  }

  @Test
  void everyExampleIsTakenAndAnsweredAsDescribed() {
    for (Operation operation : operations()) {
      JsonNode content = operation.described().at("/requestBody/content");
      for (var type : content.properties()) {
        JsonNode example = type.getValue().path("example");
        if (!example.isMissingNode()) {
          String body = example.isTextual() ? example.asText() : example.toString();
          if (!example.isTextual()) {
            assertThat(problems(type.getValue().path("schema"), body)).as(body).isEmpty();
          }
          HttpResponse<String> response = send(operation, type.getKey(), body);
          assertThat(response.statusCode()).as(operation + response.body()).isBetween(200, 204);
          check(operation, response);
        }
      }
      if (content.isMissingNode()) {
        HttpResponse<String> response = send(operation, "", "");
        assertThat(response.statusCode()).as(operation + response.body()).isBetween(200, 204);
        check(operation, response);
      }
    }
  }

  @Test
  void whatIsWrongIsAnsweredAsDescribed() {
    for (Operation operation : operations()) {
      if (operation.described().has("requestBody") && !operation.address().equals("/v1/articles")) {
        for (String body : List.of("{", "{}", "[]", "{\"version\": \"x\"}", "null", "")) {
          check(operation, send(operation, "application/json", body));
        }
        check(operation, send(operation, "application/json", "\"" + "x".repeat(1 << 20) + "\""));
      }
      if (operation.described().has("requestBody")) {
        HttpResponse<String> other = send(operation, "application/pdf", "{}");
        assertThat(other.statusCode()).as(operation.toString()).isEqualTo(415);
        check(operation, other);
      }
      HttpResponse<String> refused =
          intake.send(intake.request(operation.address()).method("TRACK", TestIntake.body("")));
      assertThat(refused.statusCode()).as(operation.toString()).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow").orElse(""))
          .as(operation.toString())
          .contains(operation.method());
    }
  }

  private HttpResponse<String> send(Operation operation, String type, String body) {
    var request =
        intake.request(operation.address()).method(operation.method(), TestIntake.body(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return intake.send(request);
  }

  private void check(Operation operation, HttpResponse<String> response) {
    String as = operation + " is " + response.statusCode() + " " + response.body();
    JsonNode described = resolved(
        operation.described().path("responses").path(String.valueOf(response.statusCode())));
    assertThat(described.isMissingNode()).as(as).isFalse();
    String type = response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    JsonNode content = described.path("content").path(type);
    assertThat(content.isMissingNode()).as(as).isEqualTo(type.isEmpty());
    if (type.equals("application/json") || type.equals("application/problem+json")) {
      assertThat(problems(content.path("schema"), response.body())).as(as).isEmpty();
    }
  }

  private List<String> problems(JsonNode schema, String body) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString(), InputFormat.JSON)
        .validate(body, InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }
}
