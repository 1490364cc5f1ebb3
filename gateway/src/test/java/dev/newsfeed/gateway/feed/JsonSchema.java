package dev.newsfeed.gateway.feed;

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

/** A format as others have written it down. */
record JsonSchema(Schema schema) {

  /** Skips the test where there is no such file. */
  static JsonSchema of(Path file, SpecificationVersion dialect, String otherwise)
      throws IOException {
    assumeTrue(Files.exists(file), otherwise);
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
        dialect,
        // IPTC's schema refers to one on another server, which no test may fetch
        with -> with.schemas(Map.of("https://geojson.org/schema/GeoJSON.json", "true"))
            .schemaRegistryConfig(SchemaRegistryConfig.builder()
                .formatAssertionsEnabled(true)
                .preloadSchema(false)
                .build()));
    return new JsonSchema(registry.getSchema(Files.readString(file), InputFormat.JSON));
  }

  /** What is wrong with a document; empty: it is valid. */
  List<String> errors(String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
  }
}
