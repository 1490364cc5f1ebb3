package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** How accessible a page is, as axe-core judges it; its script comes with the profile "browser". */
final class Axe {

  private static final String RUN =
      "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))";

  private Axe() {}

  /**
   * What is wrong with a page, with the element and the reason.
   *
   * @param evaluate runs a script in the page and returns what it gives
   */
  static List<String> violations(Function<String, Object> evaluate) {
    try (InputStream script =
        Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"))) {
      evaluate.apply(new String(script.readAllBytes(), StandardCharsets.UTF_8));
      List<String> violations = new ArrayList<>();
      for (JsonNode violation : new ObjectMapper().readTree((String) evaluate.apply(RUN))) {
        for (JsonNode node : violation.path("nodes")) {
          violations.add(violation.path("id").asText() + ": "
              + node.path("html").asText() + " " + node.path("failureSummary").asText());
        }
      }
      return violations;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
