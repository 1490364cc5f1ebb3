package dev.newsfeed.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SpecificationVersion;
import com.thaiopensource.util.PropertyMapBuilder;
import com.thaiopensource.validate.ValidateProperty;
import com.thaiopensource.validate.ValidationDriver;
import com.thaiopensource.validate.rng.CompactSchemaReader;
import com.thaiopensource.xml.sax.ErrorHandlerImpl;
import dev.newsfeed.avro.Article;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

/**
 * What we write is what the formats' own descriptions ask for: the grammar of RFC 4287 for Atom, IPTC's
 * schema for ninjs, the JSON schema of JSON Feed. RSS has none; {@code FeedReadersTest} reads it.
 */
class FeedValidityTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = Samples.TOPICS;

  /** Appendix B of RFC 4287, as the Open Geospatial Consortium ships it. */
  private static final String ATOM = "/ogc/opensearchgeo/1.0/schemas/atom_feed.rnc";

  private static List<String> atomErrors(byte[] feed) throws Exception {
    StringWriter errors = new StringWriter();
    PropertyMapBuilder properties = new PropertyMapBuilder();
    properties.put(ValidateProperty.ERROR_HANDLER, new ErrorHandlerImpl(errors));
    ValidationDriver driver =
        new ValidationDriver(properties.toPropertyMap(), CompactSchemaReader.getInstance());
    URL grammar = FeedValidityTest.class.getResource(ATOM);
    assertThat(grammar).as("the grammar of RFC 4287").isNotNull();
    assertThat(driver.loadSchema(new InputSource(grammar.toString()))).isTrue();
    boolean valid = driver.validate(new InputSource(new ByteArrayInputStream(feed)));
    assertThat(valid).isEqualTo(errors.toString().isEmpty());
    return errors.toString().lines().toList();
  }

  private static JsonSchema jsonFeed() throws Exception {
    return JsonSchema.of(
        Path.of("src/test/readers/node_modules/jsonfeed-schema/schema-v1.1.json"),
        SpecificationVersion.DRAFT_7,
        "JSON Feed's schema: npm install in gateway/src/test/readers");
  }

  private static JsonSchema ninjs() throws Exception {
    return JsonSchema.of(
        Path.of("../../shared/data/ninjs-schema/ninjs-schema_3.1.json"),
        SpecificationVersion.DRAFT_2020_12,
        "IPTC's schemas are not beside this checkout");
  }

  @Test
  void atomIsThatOfItsRfc() throws Exception {
    assertThat(atomErrors(TrickyFeed.bytes(FeedFormat.ATOM))).isEmpty();
  }

  @Test
  void grammarSeesWhatIsWrong() throws Exception {
    String feed = new String(TrickyFeed.bytes(FeedFormat.ATOM), StandardCharsets.UTF_8);

    for (String wrong : List.of(
        feed.replaceFirst("<updated>[^<]*</updated>", "<updated>yesterday</updated>"),
        feed.replaceFirst("<id>[^<]*</id>", ""),
        feed.replaceFirst("type=\"html\"", "type=\"markup\""))) {
      assertThat(wrong).isNotEqualTo(feed);
      assertThat(atomErrors(wrong.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    }
  }

  @Test
  void jsonFeedIsThatOfItsSchema() throws Exception {
    JsonSchema schema = jsonFeed();
    String feed = new String(TrickyFeed.bytes(FeedFormat.JSON), StandardCharsets.UTF_8);

    assertThat(schema.errors(feed)).isEmpty();
    assertThat(schema.errors(feed.replaceFirst("\"url\":\"[^\"]*\"", "\"url\":\"no url\"")))
        .isNotEmpty();
    assertThat(schema.errors(feed.replaceFirst("\"id\":\"[^\"]*\",\"url\"", "\"url\"")))
        .isNotEmpty();
  }

  @Test
  void everyObjectOfANinjsFeedIsValid() throws Exception {
    JsonSchema schema = ninjs();
    JsonNode list = new ObjectMapper().readTree(TrickyFeed.bytes(FeedFormat.NINJS));

    assertThat(list).hasSize(TrickyFeed.ids().size() + TrickyFeed.notices().size());
    for (JsonNode object : list) {
      assertThat(schema.errors(object.toString())).as(object.toString()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyArticleGivesValidFeeds(long seed) throws Exception {
    Random random = new Random(seed);
    List<FeedPage.Item> items = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      items.add(TrickyFeed.item(anArticle(random, i)));
    }
    FeedSummary feed = new FeedSummary("all", line(random), 60, 1, Samples.NINE);
    FeedDocument document = new FeedDocument(
        new FeedPage(feed, items, null),
        TrickyFeed.ADDRESSES,
        line(random),
        TrickyFeed.links("all", null),
        TrickyFeed.notices());

    assertThat(atomErrors(FeedFormat.ATOM.write(document).bytes(false)))
        .as("seed " + seed)
        .isEmpty();
    // every parser agrees on a byte order and refuses what XML does not know
    assertThat(new ObjectMapper().readTree(FeedFormat.JSON.write(document).bytes(false)))
        .isNotNull();
    assertThat(FeedFormat.RSS.write(document).bytes(false)).isNotEmpty();
  }

  private static Article anArticle(Random random, int i) {
    Article full =
        TrickyFeed.articles().get(random.nextInt(TrickyFeed.articles().size()));
    return Article.newBuilder(full)
        .setArticleId("a" + i)
        .setHeadline(line(random))
        .setLead(random.nextBoolean() ? null : line(random))
        .setByline(random.nextBoolean() ? null : line(random))
        .setLanguage(random.nextBoolean() ? "de-CH" : line(random))
        .setBodyHtml(random.nextBoolean() ? null : "<p>" + Corrected.text(line(random)) + "</p>")
        .build();
  }

  /** Any characters, also those that XML and JSON have no place for. */
  private static String line(Random random) {
    int[] all = random
        .ints(1 + random.nextInt(40), 0, 0x3000)
        .map(c -> random.nextInt(4) == 0 ? "<>&\"']\u0000\uD800\uDC00".charAt(c % 9) : c)
        .toArray();
    return new String(all, 0, all.length);
  }

  @Test
  void anyAddressBecomesAUri() {
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      String address = "https://news.example/" + line(random).replaceAll("[\\p{Cs}]", "");

      String uri = TrickyFeed.ADDRESSES.uri(address);

      assertThat(URI.create(uri).toASCIIString()).as(address).isEqualTo(uri);
    }
    assertThat(TrickyFeed.ADDRESSES.uri("/möwe?a=b&c=%20"))
        .isEqualTo("https://news.example/m%C3%B6we?a=b&c=%20");
  }
}
