package dev.newsfeed.producer.formats;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** IPTC's own schema of ninjs, beside this checkout. */
final class NinjsSchema {

  private final Schema schema;

  private NinjsSchema(Schema schema) {
    this.schema = schema;
  }

  /** Skips the test where the schemas are not there. */
  static NinjsSchema of(String version) throws IOException {
    Path file = Path.of("../../shared/data/ninjs-schema/ninjs-schema_" + version + ".json");
    assumeTrue(Files.exists(file), "skipped: IPTC's schemas are not beside this checkout");
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        // the schema refers to one on another server, which no test may fetch
        with -> with.schemas(Map.of("https://geojson.org/schema/GeoJSON.json", "true"))
            .schemaRegistryConfig(SchemaRegistryConfig.builder()
                .formatAssertionsEnabled(true)
                .preloadSchema(false)
                .build()));
    return new NinjsSchema(registry.getSchema(Files.readString(file), InputFormat.JSON));
  }

  /** What is wrong with a document; empty: it is valid. */
  List<String> errors(String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
  }
}
