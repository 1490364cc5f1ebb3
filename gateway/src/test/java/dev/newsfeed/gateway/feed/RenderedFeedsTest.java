package dev.newsfeed.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.gateway.http.Content;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RenderedFeedsTest {

  private final Content content = Content.text("text/plain", "x".repeat(300));
  private final RenderedFeeds rendered = new RenderedFeeds(2 * content.weight());

  private void keep(String feedId, String format) {
    rendered.keep(feedId, feedId + format, 1, content);
  }

  @Test
  void renderingIsGoodForItsGenerationOnly() {
    keep("all", ".rss");

    assertThat(rendered.find("all.rss", 1)).isSameAs(content);
    assertThat(rendered.find("all.rss", 2)).isNull();
  }

  @Test
  void nothingIsKeptOfForgottenFeeds() {
    keep("all", ".rss");
    keep("section/world", ".rss");

    rendered.forget(Set.of("all", "topic/none"));

    assertThat(rendered.find("all.rss", 1)).isNull();
    assertThat(rendered.find("section/world.rss", 1)).isNotNull();
  }

  @Test
  void longestUnaskedGoesFirstAndForgottenOnesMakeRoom() {
    keep("a", ".rss");
    keep("b", ".rss");
    rendered.find("a.rss", 1);
    keep("c", ".rss");
    assertThat(rendered.find("b.rss", 1)).isNull();

    rendered.forget(Set.of("c"));
    keep("d", ".rss");
    assertThat(rendered.find("a.rss", 1)).isNotNull();
  }
}
