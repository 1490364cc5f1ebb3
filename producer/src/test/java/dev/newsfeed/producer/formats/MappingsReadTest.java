package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.schemas.RecordJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/mappings.md says what becomes of an item, and this is what becomes of it. */
class MappingsReadTest {

  private static final NewsImport NEWS =
      new NewsImport(Instant.parse("2026-11-23T09:30:00Z"), Duration.ofSeconds(30), 1);

  private record Row(String format, String says, String field, String becomes) {}

  static List<Row> rows() throws IOException {
    String text = Files.readString(Path.of("../docs/mappings.md"));
    String table = text.substring(text.indexOf("<!-- read -->"), text.indexOf("<!-- /read -->"));
    return table
        .lines()
        .filter(line -> line.startsWith("| "))
        .skip(1)
        .map(line -> line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cells -> new Row(bare(cells[0]), bare(cells[1]), bare(cells[2]), bare(cells[3])))
        .toList();
  }

  private static String bare(String cell) {
    return cell.strip().replaceAll("^`|`$", "");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void rowIsTrue(Row row) throws IOException {
    Article base = read(row.format(), "");
    Article article = read(row.format(), row.says());

    if (row.field().equals("–")) {
      assertThat(article).isEqualTo(base);
    } else {
      assertThat(values(article, row.field())).contains(row.becomes());
      if (!row.becomes().equals("article") && !row.says().contains("\"version\": \"final\"")) {
        assertThat(values(base, row.field())).doesNotContain(row.becomes());
      }
    }
  }

  @Test
  void everyFieldOfNinjsHasARow() throws IOException {
    Path schema = Path.of("../../shared/data/ninjs-schema/ninjs-schema_3.1.json");
    assumeTrue(Files.exists(schema), "skipped: IPTC's schemas are not beside this checkout");
    Set<String> fields = new TreeSet<>();
    TestKafka.json(Files.readString(schema))
        .at("/$defs/ninjsType/properties")
        .fieldNames()
        .forEachRemaining(fields::add);

    Set<String> told = new TreeSet<>();
    for (Row row : rows()) {
      if (row.format().equals("ninjs")) {
        TestKafka.json("{" + row.says() + "}").fieldNames().forEachRemaining(told::add);
      }
    }

    assertThat(told).containsAll(fields);
  }

  /** An item that says this and what it cannot do without. */
  private static Article read(String format, String says) throws IOException {
    String file = switch (format) {
      case "ninjs" ->
        with(
            "{\"uri\": \"urn:x:1\", \"version\": \"1\", \"headlines\": [{\"value\": \"Base\"}]}",
            says);
      case "JSON Feed" ->
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": ["
            + with("{\"id\": \"urn:x:1\", \"title\": \"Base\"}", says) + "]}";
      case "RSS" ->
        "<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
            + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
            + " xmlns:atom=\"http://www.w3.org/2005/Atom\""
            + " xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><item>" + says
            + "<guid>urn:x:1</guid><title>Base</title></item></channel></rss>";
      case "Atom" ->
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>" + says
            + "<id>urn:x:1</id><title>Base</title></entry></feed>";
      default -> throw new AssertionError("no such format: " + format);
    };
    try (Stream<Item> items = NEWS.read(new ByteArrayInputStream(file.getBytes(UTF_8)))) {
      List<Item> all = items.toList();
      assertThat(all).singleElement().isInstanceOf(Story.class);
      return ((Story) all.get(0)).article();
    }
  }

  private static String with(String json, String says) {
    ObjectNode object = (ObjectNode) TestKafka.json(json);
    object.setAll((ObjectNode) TestKafka.json("{" + says + "}"));
    return object.toString();
  }

  /** Everything at a path of names, lists unfolded. */
  private static List<String> values(Article article, String path) {
    List<JsonNode> found = List.of(RecordJson.of(article));
    for (String name : path.split("\\.", -1)) {
      List<JsonNode> next = new ArrayList<>();
      for (JsonNode node : found) {
        JsonNode child = node.path(name);
        if (child.isArray()) {
          child.forEach(next::add);
        } else if (!child.isMissingNode()) {
          next.add(child);
        }
      }
      found = next;
    }
    return found.stream().map(JsonNode::asText).toList();
  }
}
