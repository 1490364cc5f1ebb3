package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sample news that ships with this program: articles as a CMS would send them, one line of JSON
 * for each.
 *
 * <pre>
 * news.ndjson   what is there at the start; "ageMinutes" becomes firstPublished and versionCreated
 * live.ndjson   what comes while the demo runs, in this order
 * lists.ndjson  the editor's lists at the start
 * photos/       the pictures that the articles refer to
 * </pre>
 */
final class DemoNews {

  /** Class path folder of the pictures. */
  static final String PHOTOS = "demo/photos";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AGE = "ageMinutes";

  private DemoNews() {}

  /** What is there at the start, oldest first. */
  static List<ObjectNode> atStart(Instant now) {
    List<ObjectNode> articles = new ArrayList<>(read("/demo/news.ndjson"));
    articles.sort(Comparator.comparingLong(article -> -article.path(AGE).asLong()));
    for (ObjectNode article : articles) {
      Instant at = now.minus(Duration.ofMinutes(article.path(AGE).asLong()));
      article.remove(AGE);
      article.put("firstPublished", at.toString()).put("versionCreated", at.toString());
    }
    return articles;
  }

  /** What comes while the demo runs. */
  static List<ObjectNode> live() {
    return read("/demo/live.ndjson");
  }

  /** The editor's lists at the start, each with its "name". */
  static List<ObjectNode> lists() {
    return read("/demo/lists.ndjson");
  }

  /** The slugs of the sections, in the order in which the sample first names them. */
  static List<String> sections() {
    Set<String> slugs = new LinkedHashSet<>();
    for (ObjectNode article : read("/demo/news.ndjson")) {
      slugs.add(article.path("section").path("slug").asText());
    }
    return List.copyOf(slugs);
  }

  private static List<ObjectNode> read(String resource) {
    try (InputStream in = DemoNews.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in this program");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8));
      List<ObjectNode> objects = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          objects.add((ObjectNode) JSON.readTree(line));
        }
      }
      return objects;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(resource + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
