package dev.newsfeed.streams.mostread;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArticleTableTest {

  static List<Long> seeds() {
    return new Random(6).longs(100).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsWhatAMapFinds(long seed) {
    Random random = new Random(seed);
    ArticleTable table = new ArticleTable();
    Map<String, ArticleCount> map = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      String id = "article-".repeat(random.nextInt(3)) + random.nextInt(300);
      switch (random.nextInt(50)) {
        case 0 -> {
          int dropped = random.nextInt(10);
          map.values().removeIf(article -> article.articleId().hashCode() % 10 == dropped);
          table.removeIf(article -> article.articleId().hashCode() % 10 == dropped);
        }
        case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> {
          if (!map.containsKey(id)) {
            ArticleCount article = new ArticleCount(id, ReadRules.DEFAULT, new Retention());
            map.put(id, article);
            table.put(article);
          }
        }
        default -> {
          byte[] longer = (id + "and more").getBytes(UTF_8);
          assertThat(table.find(longer, id.length())).isSameAs(map.get(id));
          assertThat(table.find(id)).isSameAs(map.get(id));
        }
      }
    }

    assertThat(new ArrayList<>(table)).containsExactlyInAnyOrderElementsOf(map.values());
    assertThat(table).hasSize(map.size());
  }
}
