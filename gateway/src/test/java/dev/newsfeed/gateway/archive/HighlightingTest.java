package dev.newsfeed.gateway.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.gateway.Samples;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HighlightingTest {

  private static List<String> marked(String typed, Article article) {
    return new Highlighting(SearchQuery.phrases(typed))
        .of(article).stream()
            .map(found -> found.in() + ": "
                + found.parts().stream()
                    .map(part -> part.mark() ? "[" + part.text() + "]" : part.text())
                    .collect(Collectors.joining()))
            .toList();
  }

  private static Article article(String language, String headline, String lead, String body) {
    return Samples.article("a1")
        .setLanguage(language)
        .setHeadline(headline)
        .setLead(lead)
        .setBodyHtml(body)
        .build();
  }

  @Test
  void marksTheFormsInWhichAWordStands() {
    Article english = article("en", "He runs", "Running!", "<p>To <b>run</b> is fun.</p>");
    Article german = article("de", "Die Häuser", "", "<p>Ein Haus, ein HÄUSCHEN</p>");

    assertThat(marked("run", english))
        .containsExactly("headline: He [runs]", "lead: [Running]!", "body: To [run] is fun.");
    assertThat(marked("haus", german))
        .containsExactly("headline: Die [Häuser]", "body: Ein [Haus], ein HÄUSCHEN");
  }

  @Test
  void marksAPhraseAsAWholeAndOnlyWhereItStands() {
    Article article = article("en", "Prime minister", "The minister is prime", "<p>x</p>");

    assertThat(marked("\"prime minister\"", article)).containsExactly("headline: [Prime minister]");
    assertThat(marked("東京", article(null, "東京都と京東", "", ""))).containsExactly("headline: [東京]都と京東");
  }

  @Test
  void showsTheFirstPiecesOfALongBodyCutBetweenWords() {
    String filler = "and so on ".repeat(50);
    Article article = article(
        "en",
        "x",
        "",
        "<p>" + filler + "the fair</p><p>" + filler + "a fair</p>" + filler + "fair");

    List<String> found = marked("fair", article);

    assertThat(found)
        .hasSize(2)
        .allSatisfy(piece -> assertThat(piece)
            .contains("[fair]")
            .matches("body: (and|so|on) .*")
            .hasSizeLessThan(220));
  }

  @Test
  void isTextAndNeverMarkup() {
    Article article = article(
        "en", "A &lt;b&gt; <fair>", "", "<p title=\"fair\">R&amp;D <a href=\"/fair\">fair</a></p>");

    assertThat(marked("fair", article))
        .containsExactly("headline: A &lt;b&gt; <[fair]>", "body: R&D [fair]");
  }

  /** Whatever the text: the piece is a piece of it, and what is marked is found by itself. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void pieceIsPartOfTheTextAndMarksAreWhatIsFound(long seed) {
    Random random = new Random(seed);
    List<String> alphabet = List.of(
        "fair", "Fairs", "😀", "東", "京", "é", "e\u0301", "\u00AD", " ", ". ", "<br />", "ß", "x");
    for (int i = 0; i < 300; i++) {
      String text = random
          .ints(random.nextInt(200), 0, alphabet.size())
          .mapToObj(alphabet::get)
          .collect(Collectors.joining());
      String plain = Words.ofHtml(text).replaceAll("\\s+", " ").strip();
      List<Highlight> found =
          new Highlighting(SearchQuery.phrases("fair 東京 \"é x\"")).of(article("en", "h", "", text));

      assertThat(found).as("seed %d: %s", seed, text).allSatisfy(piece -> {
        assertThat(plain).contains(piece.text());
        assertThat(piece.text()).isEqualTo(new String(piece.text().getBytes("UTF-8"), "UTF-8"));
        assertThat(piece.parts()).anyMatch(Highlight.Part::mark);
        assertThat(piece.parts())
            .filteredOn(Highlight.Part::mark)
            .extracting(part -> part.text().replace("\u00AD", ""))
            .allMatch(part -> part.matches("(?i)fairs?|東京+|東東京|(é|e\u0301)[ .]+x"));
      });
    }
  }
}
