package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.schemas.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped, and the list of it that the build writes; needs no broker, but the packaged jars. */
class ShippedJarsIT {

  private static final Path LIB = Path.of("target/lib");
  private static final Path BILL = Path.of("target/newsfeed.cdx.json");

  /** Of what comes under several, one that we take is enough. */
  private static final Set<String> TAKEN = Set.of(
      "Apache-2.0",
      "MIT",
      "BSD-2-Clause",
      "BSD-3-Clause",
      "Go License", // that of BSD with three clauses, by its own name
      "EPL-1.0",
      "EPL-2.0");

  private static JsonNode bill() throws IOException {
    return new ObjectMapper().readTree(BILL.toFile());
  }

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(LIB)) {
      return files.sorted().toList();
    }
  }

  @Test
  void billListsEveryJarThatIsShippedAndNoOther() throws Exception {
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : bill().path("components")) {
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          listed.add(hash.path("content").asText());
        }
      }
    }
    Set<String> shipped = new TreeSet<>();
    for (Path jar : jars()) {
      shipped.add(Refusals.sha256(Files.readAllBytes(jar)));
    }

    assertThat(listed).hasSizeGreaterThan(50).isEqualTo(shipped);
  }

  @Test
  void everythingComesUnderALicenceThatWeTake() throws Exception {
    Map<String, List<String>> others = new TreeMap<>();
    for (JsonNode component : bill().path("components")) {
      List<String> licences = new ArrayList<>();
      for (JsonNode choice : component.path("licenses")) {
        JsonNode licence = choice.path("license");
        licences.add(licence.path("id").asText(licence.path("name").asText()));
      }
      if (licences.stream().noneMatch(TAKEN::contains)) {
        others.put(component.path("purl").asText(), licences);
      }
    }

    assertThat(others).isEmpty();
  }

  @Test
  void billIsTheSameForTwoBuilds() throws Exception {
    assertThat(bill().has("serialNumber")).isFalse();
    assertThat(bill().path("metadata").has("timestamp")).isFalse();
  }

  @Test
  void noClassComesInTwoJars() throws Exception {
    Map<String, Path> first = new TreeMap<>();
    Map<String, Set<Path>> twice = new TreeMap<>();
    for (Path jar : jars()) {
      try (JarFile open = new JarFile(jar.toFile())) {
        for (JarEntry entry : (Iterable<JarEntry>) open.stream()::iterator) {
          String name = entry.getName();
          if (!name.endsWith(".class")
              || name.endsWith("module-info.class")
              || name.startsWith("META-INF/versions/")) {
            continue;
          }
          Path other = first.putIfAbsent(name, jar);
          if (other != null) {
            twice.computeIfAbsent(name, n -> new TreeSet<>(Set.of(other))).add(jar);
          }
        }
      }
    }

    assertThat(twice).isEmpty();
  }
}
