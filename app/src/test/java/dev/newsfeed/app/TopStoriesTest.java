package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.MediaLink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopStoriesTest {

  private static final CuratedEntry LINK =
      new CuratedEntry(null, new MediaLink("t", "https://other.example/", "Other"));

  @ParameterizedTest
  @CsvSource({"1, article, true", "3, article, true", "4, article, false", "1, gallery, false"})
  void urgentArticleIsATopStory(int urgency, String kind, boolean isOne) {
    ObjectNode story =
        JsonNodeFactory.instance.objectNode().put("urgency", urgency).put("kind", kind);

    assertThat(TopStories.isOne(story)).isEqualTo(isOne);
  }

  @Test
  void newStoryPushesTheLastOneOut() {
    assertThat(ids(TopStories.withOnTop(list(article("a1"), LINK, article("a3")), "a9")))
        .containsExactly("a9", "a1", "https://other.example/");
  }

  @Test
  void storyOfTheListMovesUp() {
    assertThat(ids(TopStories.withOnTop(list(article("a1"), LINK, article("a3")), "a3")))
        .containsExactly("a3", "a1", "https://other.example/");
  }

  @Test
  void emptyListGetsItsFirstStory() {
    assertThat(ids(TopStories.withOnTop(list(), "a9"))).containsExactly("a9");
  }

  @Test
  void listsOfTheSampleNameItsArticles() {
    Set<String> sample = DemoNews.atStart(Instant.EPOCH).stream()
        .map(article -> article.path("articleId").asText())
        .collect(Collectors.toSet());

    for (ObjectNode list : DemoNews.lists()) {
      for (JsonNode entry : list.path("entries")) {
        assertThat(entry.has("link") || sample.contains(entry.path("articleId").asText()))
            .as("%s %s", list.path("name"), entry)
            .isTrue();
      }
    }
  }

  private static CuratedFeed list(CuratedEntry... entries) {
    return new CuratedFeed(
        "curated/top-stories", "Top stories", List.of(entries), "mara", Instant.EPOCH);
  }

  private static CuratedEntry article(String id) {
    return new CuratedEntry(id, null);
  }

  private static List<String> ids(JsonNode list) {
    List<String> ids = new ArrayList<>();
    for (JsonNode entry : list.path("entries")) {
      ids.add(entry.path("articleId").asText(entry.path("link").path("url").asText()));
    }
    return ids;
  }
}
