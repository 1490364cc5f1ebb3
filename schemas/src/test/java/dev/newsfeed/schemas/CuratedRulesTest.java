package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.MediaLink;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CuratedRulesTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private static CuratedFeed list(String feedId, CuratedEntry... entries) {
    return new CuratedFeed(feedId, "Top stories", List.of(entries), "mara", NOON);
  }

  private static CuratedEntry article(String id) {
    return new CuratedEntry(id, null);
  }

  private static CuratedEntry link(String url) {
    return new CuratedEntry(null, new MediaLink("Title", url, "The Other Paper"));
  }

  private static List<String> fields(CuratedFeed list) {
    return CuratedRules.problems(list).stream().map(Problem::field).toList();
  }

  @Test
  void listOfArticlesAndLinksIsFine() {
    assertThat(fields(list("curated/top-stories", article("a"), link("https://other.example/x"))))
        .isEmpty();
    assertThat(fields(list("curated/top-stories"))).isEmpty();
  }

  @Test
  void onlyCuratedFeedsCanBeSet() {
    for (String feedId :
        List.of("section/world", "curated/", "curated/Top", "curated/a/b", "all")) {
      assertThat(fields(list(feedId))).as(feedId).containsExactly("feedId");
    }
  }

  @Test
  void entryIsAnArticleOrALink() {
    CuratedEntry both = new CuratedEntry("a", new MediaLink("t", "https://o.example/", "s"));

    assertThat(fields(list("curated/x", new CuratedEntry(null, null), both)))
        .containsExactly("entries[0]", "entries[1]");
  }

  @Test
  void nothingStandsInAListTwice() {
    assertThat(fields(list("curated/x", article("a"), article("b"), article("a"))))
        .containsExactly("entries[2].articleId");
    assertThat(fields(list("curated/x", link("https://o.example/"), link("https://o.example/"))))
        .containsExactly("entries[1].link.url");
  }

  @Test
  void linkLeadsToTheWeb() {
    for (String url :
        List.of("javascript:alert(1)", "/own/path", "//o.example/", "ftp://o.example/")) {
      assertThat(fields(list("curated/x", link(url))))
          .as(url)
          .containsExactly("entries[0].link.url");
    }
  }

  @Test
  void listIsNoLongerThanAHead() {
    List<CuratedEntry> entries =
        IntStream.range(0, 101).mapToObj(i -> article("a" + i)).toList();

    assertThat(fields(new CuratedFeed("curated/x", "X", entries, "mara", NOON)))
        .containsExactly("entries");
    assertThat(fields(
            new CuratedFeed("curated/x", "", Collections.nCopies(1, article("a")), "mara", NOON)))
        .containsExactly("title");
  }
}
