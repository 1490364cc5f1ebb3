package dev.newsfeed.gateway.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void tagsThatStandInsideAWordDoNotCutIt() {
    assertThat(Words.of(Words.ofHtml("<p>re<b>open</b>ing</p><p>the br<em>idge</em></p>"), 9))
        .containsExactly("reopening", "the", "bridge");
  }

  @Test
  void paragraphsAndCellsAreApart() {
    assertThat(Words.of(Words.ofHtml("<p>one</p><p>two</p><table><td>3</td><td>4</td>"), 9))
        .containsExactly("one", "two", "3", "4");
  }

  @Test
  void entitiesAreTheCharactersTheyStandFor() {
    assertThat(Words.ofHtml("<a href=\"/x?a&#61;&lt;p&gt;\">Caf&#233;</a> Q&amp;A"))
        .isEqualTo("Café Q&A");
  }

  @Test
  void anyLanguageIsCutIntoItsWords() {
    assertThat(Words.of("Мост ОТКРЫТ, l'été: 東京", 20))
        .isEqualTo(List.of("мост", "открыт", "l'ete", "東", "東京", "京"));
  }

  @Test
  void whatIsAskedForKeepsItsDistances() {
    assertThat(Words.asked("the 東京都 fair", 9))
        .extracting(Words.Word::text, Words.Word::position)
        .containsExactly(tuple("the", 0), tuple("東京", 1), tuple("京都", 2), tuple("fair", 4));
  }
}
