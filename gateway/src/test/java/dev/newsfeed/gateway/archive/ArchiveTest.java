package dev.newsfeed.gateway.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.schemas.FeedEntries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {

  private static final List<String> SECTIONS = List.of("world", "sport", "culture");

  @TempDir
  Path directory;

  private Archive open() {
    return Archive.open(directory, Samples.TOPICS.published, "topic-1", Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void pagesToTheEndNeitherSkipNorRepeatWhateverHappenedBefore(long seed) {
    Random random = new Random(seed);
    Map<String, PublishedArticle> model = new HashMap<>();
    try (Archive archive = open()) {
      for (int offset = 0; offset < 600; offset++) {
        PublishedArticle record = anyRecord(random, offset);
        model.put(record.getArticleId(), record);
        archive.put(0, offset, record);
        if (random.nextInt(50) == 0) {
          archive.batchDone(Samples.NINE.plusSeconds(offset));
        }
      }
      archive.batchDone(Samples.NINE.plusSeconds(1_000));

      for (String feedId : List.of("all", "section/world", "section/sport", "topic/none")) {
        List<String> expected = model.values().stream()
            .filter(record -> FeedEntries.feedsOf(record).contains(feedId))
            .sorted(Comparator.comparing(FeedEntries::feedTime)
                .reversed()
                .thenComparing(PublishedArticle::getArticleId))
            .map(PublishedArticle::getArticleId)
            .toList();
        assertThat(walk(archive, feedId, 1 + random.nextInt(30)))
            .as("seed %d, feed %s", seed, feedId)
            .isEqualTo(expected);
      }
    }
  }

  /** Few distinct times, so that many articles share one and the id decides. */
  private static PublishedArticle anyRecord(Random random, int offset) {
    String id = "a" + random.nextInt(200);
    if (random.nextInt(8) == 0) {
      return Samples.withdrawn(id, "wrong");
    }
    Label section = label(SECTIONS.get(random.nextInt(SECTIONS.size())));
    Article article = Samples.article(id)
        .setVersion(offset + 1L)
        .setSection(random.nextInt(10) == 0 ? null : section)
        .build();
    PublishedArticle record =
        Samples.published(article, Samples.NINE.plusSeconds(random.nextInt(20)));
    return random.nextInt(10) == 0
        ? PublishedArticle.newBuilder(record).setExpired(true).build()
        : record;
  }

  private static Label label(String slug) {
    return new Label(slug, slug);
  }

  private static List<String> walk(Archive archive, String feedId, int limit) {
    List<String> seen = new ArrayList<>();
    Cursor after = null;
    boolean more = true;
    while (more) {
      Archive.Page page = archive.page(FeedChoice.of(feedId), after, limit);
      for (PublishedArticle article : page.articles()) {
        after = throughAddress(new Cursor(FeedEntries.feedTime(article), article.getArticleId()));
        seen.add(article.getArticleId());
      }
      more = page.more();
    }
    return seen;
  }

  private static Cursor throughAddress(Cursor cursor) {
    return Cursor.parse(cursor.token()).orElseThrow();
  }

  @Test
  void articleInTwoOfTheFeedsIsOnceInTheirPage() {
    try (Archive archive = open()) {
      Article inBoth =
          Samples.article("a1").setExtraSections(List.of(label("sport"))).build();
      archive.put(0, 0, Samples.published(inBoth, Samples.NINE));
      archive.batchDone(Samples.NINE);

      Archive.Page page =
          archive.page(FeedChoice.of(List.of(Set.of("section/world", "section/sport"))), null, 10);

      assertThat(page.articles()).hasSize(1);
    }
  }

  @Test
  void reopenedArchiveGoesOnWhereItWasCommitted() {
    try (Archive archive = open()) {
      archive.put(3, 41, Samples.published("a1"));
      archive.put(5, 7, Samples.published("a2"));
      archive.batchDone(Samples.NINE);
    }
    try (Archive archive = open()) {
      assertThat(archive.positions()).isEqualTo(Map.of(3, 42L, 5, 8L));
      assertThat(archive.find("a1")).contains(Samples.published("a1"));
      assertThat(archive.size()).isEqualTo(2);
    }
  }

  @Test
  void whatWasWrittenIsFoundBeforeTheBatchIsDone() {
    try (Archive archive = open()) {
      archive.put(0, 0, Samples.published("a1"));
      assertThat(archive.find("a1")).isPresent();
      archive.put(0, 1, Samples.withdrawn("a1", "wrong"));
      assertThat(archive.find("a1").orElseThrow().getStatus()).isEqualTo(Status.canceled);
      archive.remove(0, 2, "a1");
      assertThat(archive.find("a1")).isEmpty();
      archive.batchDone(Samples.NINE);
      assertThat(archive.find("a1")).isEmpty();
    }
  }

  @Test
  void archiveOfAnotherTopicIsBuiltAnew() {
    try (Archive archive = open()) {
      archive.put(0, 0, Samples.published("a1"));
      archive.batchDone(Samples.NINE);
    }
    try (Archive archive =
        Archive.open(directory, Samples.TOPICS.published, "topic-2", Duration.ofMinutes(1))) {
      assertThat(archive.positions()).isEmpty();
      assertThat(archive.find("a1")).isEmpty();
    }
  }

  @Test
  void damagedArchiveIsBuiltAnew() throws IOException {
    try (Archive archive = open()) {
      archive.put(0, 0, Samples.published("a1"));
      archive.batchDone(Samples.NINE);
    }
    for (Path file : files()) {
      if (!file.toString().endsWith(".lock")) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);
      }
    }
    try (Archive archive = open()) {
      assertThat(archive.positions()).isEmpty();
      archive.put(0, 0, Samples.published("a1"));
      assertThat(archive.find("a1")).isPresent();
    }
  }

  @Test
  void directoryInUseIsNotTakenForDamaged() {
    try (Archive archive = open()) {
      archive.put(0, 0, Samples.published("a1"));
      assertThatThrownBy(this::open)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("another gateway uses");
      assertThat(archive.find("a1")).isPresent();
    }
  }

  @Test
  void withdrawalLeavesNothingOfTheTextInTheFiles() throws IOException {
    String marker = "Quixotlwzyx"; // stored fields are compressed in blocks, one word survives that
    Article secret = Samples.article("a1").setHeadline(marker).build();
    Instant later = Samples.NINE.plus(Duration.ofMinutes(11));
    try (Archive archive = open()) {
      for (int i = 0; i < 200; i++) {
        archive.put(0, i, Samples.published("other" + i));
      }
      archive.put(0, 200, Samples.published(secret, Samples.NINE));
      archive.batchDone(Samples.NINE);
      assertThat(filesWith(marker)).isNotEmpty();

      archive.put(0, 201, Samples.withdrawn("a1", "wrong"));
      archive.batchDone(later);
    } // waits for the merge that runs in the background

    try (Archive archive = open()) {
      assertThat(archive.find("a1").orElseThrow().getArticle()).isNull();
      assertThat(archive.size()).isEqualTo(201);
    }
    assertThat(filesWith(marker)).isEmpty();
  }

  @Test
  void withdrawnTextLeavesTheFilesWhileTheArchiveIsRead() throws IOException {
    String marker = "Quixotlwzyx";
    Article secret = Samples.article("a1").setBodyHtml("<p>" + marker + "</p>").build();
    try (Archive archive = open()) {
      for (int i = 0; i < 50; i++) { // so many that one of them is no reason to merge by itself
        archive.put(0, i, Samples.published("other" + i));
      }
      archive.put(0, 50, Samples.published(secret, Samples.NINE));
      archive.batchDone(Samples.NINE);
      assertThat(filesWith(marker.toLowerCase(Locale.ROOT))).isNotEmpty(); // as a word of the index
      assertThat(archive.erased()).isTrue();

      archive.put(0, 51, Samples.withdrawn("a1", "wrong"));
      assertThat(archive.erased()).isFalse();
      archive.batchDone(Samples.NINE.plusSeconds(1)); // refreshes, and begins to merge
      await().until(() -> {
        archive.batchDone(Samples.NINE.plusMillis(1_200)); // nothing else is due
        return archive.erased();
      });

      assertThat(filesWith(marker)).isEmpty();
      assertThat(filesWith(marker.toLowerCase(Locale.ROOT))).isEmpty();
      assertThat(archive.find("other7")).isPresent();
    }
  }

  @Test
  void manyWithdrawalsAreErasedTogether() {
    try (Archive archive = open()) {
      archive.put(0, 0, Samples.published("a0"));
      archive.put(0, 1, Samples.published("a1"));
      archive.put(0, 2, Samples.withdrawn("a0", "wrong"));
      await().until(() -> {
        archive.batchDone(Samples.NINE);
        return archive.erased();
      });

      archive.put(0, 3, Samples.withdrawn("a1", "wrong"));
      archive.batchDone(Samples.NINE.plusSeconds(59));
      assertThat(archive.erased()).isFalse();

      await().until(() -> {
        archive.batchDone(Samples.NINE.plusSeconds(60));
        return archive.erased();
      });
    }
  }

  // ---- addresses ----

  private static PublishedArticle at(String id, @Nullable String url, String... aliases) {
    return Samples.published(
        Samples.article(id).setUrl(url).setAliases(List.of(aliases)).build(), Samples.NINE);
  }

  private static Optional<String> idAt(Archive archive, String path, String query) {
    return archive.findAt("news.example", path, query).map(PublishedArticle::getArticleId);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void articleIsFoundAtItsAddressAndAtFormerOnes(boolean searchable) {
    try (Archive archive = open()) {
      archive.put(0, 0, at("a1", "/2026/new.html", "/2026/old.html", "/old?id=7"));
      archive.put(0, 1, at("a2", "https://NEWS.example/caf%C3%A9", "http://other.example/x"));
      if (searchable) {
        archive.batchDone(Samples.NINE);
      }

      assertThat(idAt(archive, "/2026/new.html", "")).contains("a1");
      assertThat(idAt(archive, "/2026/old.html", "utm_source=x")).contains("a1");
      assertThat(idAt(archive, "/old", "id=7")).contains("a1");
      assertThat(idAt(archive, "/old", "id=8")).isEmpty();
      assertThat(idAt(archive, "/café", "")).contains("a2");
      assertThat(idAt(archive, "/x", "")).isEmpty();
    }
  }

  @Test
  void withdrawnArticleKeepsItsAddressesWithoutTheirText() throws IOException {
    String marker = "minister-arrested";
    try (Archive archive = open()) {
      archive.put(0, 0, at("a1", "/2026/" + marker + ".html"));
      archive.put(0, 1, Samples.withdrawn("a1", "wrong"));
      archive.put(0, 2, Samples.withdrawn("a1", "wrong"));
      assertThat(idAt(archive, "/2026/" + marker + ".html", "")).contains("a1");
      archive.batchDone(Samples.NINE);
      archive.put(0, 3, Samples.withdrawn("a1", "wrong again"));
      await().until(() -> {
        archive.batchDone(Samples.NINE.plusSeconds(90));
        return archive.erased();
      });

      PublishedArticle found =
          archive.findAt("news.example", "/2026/" + marker + ".html", "").orElseThrow();
      assertThat(found.getStatus()).isEqualTo(Status.canceled);
      assertThat(filesWith(marker)).isEmpty();
    }
  }

  @Test
  void addressBelongsToTheArticleThatIsThereNow() {
    try (Archive archive = open()) {
      archive.put(0, 0, at("a1", "/live.html"));
      archive.put(0, 1, at("a2", "/live.html"));
      archive.put(0, 2, Samples.withdrawn("a2", "wrong"));
      assertThat(idAt(archive, "/live.html", "")).contains("a1");

      archive.put(0, 3, at("a1", "/moved.html"));
      archive.batchDone(Samples.NINE);
      assertThat(idAt(archive, "/live.html", "")).contains("a2");
    }
  }

  private List<Path> filesWith(String text) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path file : files()) {
      String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      if (bytes.contains(text)) {
        found.add(file);
      }
    }
    return found;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void tokenThatIsNoCursorIsNone() {
    assertThat(Stream.of("", "***", "MTIz", "eCB5", "MTIzIDxzY3JpcHQ-")
            .map(Cursor::parse)
            .map(cursor -> (@Nullable Cursor) cursor.orElse(null)))
        .containsOnlyNulls();
  }
}
