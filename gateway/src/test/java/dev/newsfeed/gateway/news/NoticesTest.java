package dev.newsfeed.gateway.news;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Archive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticesTest {

  @TempDir
  Path directory;

  private long offset;

  private Archive open(String name) {
    return Archive.open(
        directory.resolve(name), Samples.TOPICS.published, "topic-1", Duration.ofMinutes(1));
  }

  private static PublishedArticle notice(String id, Instant at) {
    return PublishedArticle.newBuilder(Samples.withdrawn(id, "Legal"))
        .setChangedAt(at)
        .build();
  }

  private void put(Archive archive, Notices notices, PublishedArticle record) {
    archive.put(0, offset++, record);
    notices.put(record);
  }

  private static List<String> ids(Notices notices) {
    return notices.shown().stream().map(PublishedArticle::getArticleId).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theLatestHundredOfThirtyDaysAreShownWhateverCameBefore(long seed) {
    Random random = new Random(seed);
    Map<String, Instant> model = new TreeMap<>();
    Instant now = Samples.NINE;
    try (Archive archive = open("a")) {
      Notices notices = new Notices(archive);
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 20; i++) {
          String id = "a" + random.nextInt(250);
          if (random.nextInt(4) > 0) {
            Instant at = now.minus(Duration.ofHours(random.nextInt(24 * 40)));
            model.put(id, at);
            put(archive, notices, notice(id, at));
          } else {
            model.remove(id);
            if (random.nextBoolean()) {
              put(archive, notices, Samples.published(id));
            } else {
              archive.remove(0, offset++, id);
              notices.forget(id);
            }
          }
        }
        now = now.plusSeconds(random.nextInt(86_400) + 1); // a second makes it searchable
        notices.batchDone(now, archive.batchDone(now));

        Instant oldest = now.minus(Duration.ofDays(30));
        List<String> expected = model.entrySet().stream()
            .sorted(Map.Entry.<String, Instant>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
            .limit(100)
            .filter(entry -> entry.getValue().isAfter(oldest))
            .map(Map.Entry::getKey)
            .toList();
        assertThat(ids(notices)).as("seed %s round %s", seed, round).isEqualTo(expected);
        Notices restarted = new Notices(archive);
        restarted.batchDone(now, false);
        assertThat(ids(restarted)).as("seed %s round %s", seed, round).isEqualTo(expected);
      }
    }
  }

  @Test
  void noticeIsShownBeforeTheArchiveCanBeSearchedForIt() {
    try (Archive archive = open("a")) {
      Notices notices = new Notices(archive);
      put(archive, notices, notice("a1", Samples.NINE));
      notices.batchDone(Samples.NINE, false);

      assertThat(ids(notices)).containsExactly("a1");
    }
  }

  @Test
  void timeAloneChangesNothingUntilANoticeIsTooOld() {
    try (Archive archive = open("a")) {
      Notices notices = new Notices(archive);
      put(archive, notices, notice("a1", Samples.NINE));
      notices.batchDone(
          Samples.NINE.plusSeconds(1), archive.batchDone(Samples.NINE.plusSeconds(1)));
      long generation = notices.generation();

      for (int day = 1; day < 30; day++) {
        notices.batchDone(Samples.NINE.plus(Duration.ofDays(day)), true);
      }
      assertThat(notices.generation()).isEqualTo(generation);

      notices.batchDone(Samples.NINE.plus(Duration.ofDays(30)), true);
      assertThat(ids(notices)).isEmpty();
      assertThat(notices.generation()).isGreaterThan(generation);

      notices.batchDone(Samples.NINE.plusSeconds(5), true); // the clock was wrong
      assertThat(ids(notices)).containsExactly("a1");
    }
  }
}
