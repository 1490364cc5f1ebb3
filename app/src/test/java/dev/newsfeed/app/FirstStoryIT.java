package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code ArticlePublisher} as a CMS developer copies it, on the class path she needs. */
class FirstStoryIT {

  private static final Path SOURCE =
      Path.of("../producer/src/main/java/dev/newsfeed/producer/ArticlePublisher.java");

  /** Ours, the two libraries, and what these bring along to publish uncompressed. */
  private static final List<String> NEEDED = List.of(
      "newsfeed-producer|/producer/target",
      "newsfeed-schemas|/schemas/target",
      "kafka-clients",
      "/avro-[0-9]",
      "jackson-(core|databind|annotations)",
      "slf4j-api");

  @Test
  void exampleCompilesAndPublishesWithoutServerAndSanitiser(@TempDir Path dir) throws Exception {
    Path source = dir.resolve("FirstStory.java");
    Files.writeString(source, example());
    String classPath = classPath();
    assertThat(classPath).doesNotContain("jetty").doesNotContain("owasp");
    assertThat(ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "17", "-cp", classPath, source.toString()))
        .isZero();

    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      try (TopicAdmin admin = new TopicAdmin(KafkaSettings.of(cluster.bootstrapServers()))) {
        admin.apply(new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()).all());
      }
      Process process = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              dir + File.pathSeparator + classPath,
              "FirstStory",
              cluster.bootstrapServers())
          .redirectErrorStream(true)
          .start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      assertThat(output).containsPattern("published newsfeed\\.articles [0-7] 0");
    }
  }

  /** The first {@code} block of the class comment. */
  private static String example() throws Exception {
    Matcher block = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* }</pre>", Pattern.DOTALL)
        .matcher(Files.readString(SOURCE));
    assertThat(block.find()).isTrue();
    return block
        .group(1)
        .lines()
        .map(line -> line.replaceFirst("^ \\* ?", ""))
        .collect(Collectors.joining("\n"));
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry ->
            NEEDED.stream().anyMatch(n -> Pattern.compile(n).matcher(entry).find()))
        .filter(entry -> !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
