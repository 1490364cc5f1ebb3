package dev.newsfeed.gateway;

import static dev.newsfeed.gateway.TestSite.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI document against the site that it describes. */
class OpenApiIT {

  private static final Set<String> PAGES =
      Set.of("", "section", "topic", "person", "kind", "curated");

  /** Values of path parameters whose documents have none that is always there. */
  private static final String WRONG = "no such";

  @TempDir
  Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private TestSite site;
  private JsonNode document;

  @BeforeEach
  void start() {
    site = new TestSite(directory);
    Article article = Samples.article("a1")
        .setPersons(List.of(new Label("ada-lovelace", "Ada Lovelace")))
        .build();
    site.publish(Samples.published(article, Samples.NINE));
    for (String feedId : List.of(
        "all",
        "section/world",
        "section/sport",
        "topic/trade",
        "person/ada-lovelace",
        "kind/article",
        "topic/world",
        "person/world",
        "kind/world",
        "curated/world")) {
      site.news.feed(feedId, Samples.feed(feedId, "Title"));
    }
    document = TestSite.json(site.get("/openapi.json"));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.isEmpty() ? node : document.at(ref.substring(1));
  }

  @Test
  void anIndependentParserFindsNothingWrong() {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString());

    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    assertThat(result.getOpenAPI().getPaths()).hasSize(document.path("paths").size());
    assertThat(document.at("/servers/0/url").asText()).isEqualTo("https://news.example/");
  }

  @Test
  void everyPartOfTheSiteIsDescribedAndNothingElse() {
    Set<String> described = new TreeSet<>();
    document.path("paths").fieldNames().forEachRemaining(path -> {
      String first = path.substring(1).split("/", 2)[0].split("[.]", 2)[0];
      if (!PAGES.contains(first)) {
        described.add(first);
      }
    });

    assertThat(described).isEqualTo(site.parts());
  }

  @Test
  void everyAddressTakesTheMethodsThatAreDescribed() {
    for (var path : document.path("paths").properties()) {
      Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
      path.getValue().fieldNames().forEachRemaining(m -> methods.add(m.toUpperCase(Locale.ROOT)));
      boolean stream = path.getKey().equals("/events");
      String address = address(path.getKey(), path.getValue());
      String allow = header(site.send("OPTIONS", address), "Allow");
      Set<String> taken = new TreeSet<>(Set.of(allow.split(", ")));
      if (!stream) {
        assertThat(taken.remove("HEAD")).as(path.getKey()).isTrue();
      }
      if (path.getKey().startsWith("/subjects/")) {
        // a lookup may be sent to all of them
        taken.removeIf(m -> !methods.contains(m));
      }
      assertThat(taken).as(path.getKey()).isEqualTo(methods);
    }
  }

  @Test
  void everyOperationAnswersAsDescribed() throws Exception {
    for (var path : document.path("paths").properties()) {
      JsonNode get = path.getValue().path("get");
      if (get.isMissingNode()) {
        continue;
      }
      String address = address(path.getKey(), path.getValue());
      List<String> addresses = new ArrayList<>(List.of(address));
      for (JsonNode one : get.path("parameters")) {
        JsonNode parameter = resolved(one);
        if (parameter.path("in").asText().equals("query")) {
          String name = parameter.path("name").asText();
          String given = value(parameter.path("example"));
          if (!given.isEmpty()) {
            addresses.add(address + "?" + name + "=" + given);
          }
          addresses.add(address + "?" + name + "=%3C%22");
        }
      }
      addresses.add(address.replaceAll("[^/.]+([.]\\w+)?$", WRONG.replace(" ", "%20") + "$1"));
      for (String each : addresses) {
        for (String accept : List.of("*/*", "text/html", "application/atom+xml")) {
          check(path.getKey(), get, each, accept);
        }
      }
      if (get.path("responses").has("200")
          && !address.contains(WRONG.replace(" ", "%20"))
          && !path.getKey().startsWith("/search")
          && !address.contains("none")) {
        assertThat(status(address)).as(address).isEqualTo(200);
      }
    }
  }

  private int status(String address) throws Exception {
    return send(address, "*/*").statusCode();
  }

  private HttpResponse<InputStream> send(String address, String accept) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + site.port() + address))
        .header("Accept", accept)
        .method("GET", BodyPublishers.noBody())
        .build();
    HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
    if (header(response, "Content-Type").equals("text/event-stream")) {
      response.body().close();
    }
    return response;
  }

  private void check(String path, JsonNode operation, String address, String accept)
      throws Exception {
    HttpResponse<InputStream> response = send(address, accept);
    String status = String.valueOf(response.statusCode());
    String type = header(response, "Content-Type").split(";", 2)[0];
    String as = address + " as " + accept + " is " + status + " " + type;
    JsonNode described = resolved(operation.path("responses").path(status));
    boolean elsewhere = !address.startsWith(path) && status.equals("404"); // another path by now
    if (elsewhere) {
      return;
    }
    assertThat(described.isMissingNode()).as(as).isFalse();
    JsonNode content = described.path("content").path(type);
    assertThat(content.isMissingNode()).as(as).isFalse();
    described.path("headers").fieldNames().forEachRemaining(name -> {
      if (!name.equals("Last-Modified")) {
        assertThat(header(response, name)).as(name + " of " + as).isNotEmpty();
      }
    });
    if (type.endsWith("json")) {
      String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(problems(content.path("schema"), body)).as(as).isEmpty();
    }
  }

  private List<String> problems(JsonNode schema, String body) {
    var whole = ((com.fasterxml.jackson.databind.node.ObjectNode) schema.deepCopy());
    whole.set("components", document.path("components"));
    Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString());
    return validator.validate(body, com.networknt.schema.InputFormat.JSON).stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void examplesAreAsTheirSchemasSay() {
    for (JsonNode response : document.at("/components/responses")) {
      for (JsonNode content : response.path("content")) {
        if (content.has("example")) {
          assertThat(problems(content.path("schema"), content.path("example").toString()))
              .as(content.toString())
              .isEmpty();
        }
      }
    }
    for (JsonNode parameter : document.at("/components/parameters")) {
      if (parameter.has("example")) {
        assertThat(problems(parameter.path("schema"), parameter.path("example").toString()))
            .as(parameter.toString())
            .isEmpty();
      }
    }
  }

  /** An address of a path, with the examples of its parameters. */
  private String address(String path, JsonNode operations) {
    String address = path;
    for (JsonNode operation : operations) {
      for (JsonNode one : operation.path("parameters")) {
        JsonNode parameter = resolved(one);
        if (parameter.path("in").asText().equals("path")) {
          String example = value(parameter.path("example"));
          address = address.replace(
              "{" + parameter.path("name").asText() + "}", example.isEmpty() ? "none" : example);
        }
      }
    }
    return address;
  }

  private static String value(JsonNode example) {
    if (example.isArray()) {
      List<String> values = new ArrayList<>();
      example.forEach(each -> values.add(each.asText()));
      return String.join(",", values);
    }
    return URLEncoder.encode(example.asText(), StandardCharsets.UTF_8);
  }
}
