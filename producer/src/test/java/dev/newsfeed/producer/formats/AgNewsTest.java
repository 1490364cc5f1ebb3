package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.producer.formats.NewsImport.Unusable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgNewsTest {

  private static final Instant NEWEST = Instant.parse("2026-11-23T09:30:00Z");
  private static final NewsImport NEWS = new NewsImport(NEWEST, Duration.ofSeconds(30), 1);

  @Test
  void rowBecomesAnArticle() {
    Article article = article("""
        "3","Dell Exits Low-End Market (Reuters)","HONG KONG (Reuters) - Dell Inc. &lt;DELL.O&gt;, the  maker, said  #36;5\\is  quot;low quot; -- and that #39;s it.\\\\More later"
        """);

    assertThat(article.getHeadline()).isEqualTo("Dell Exits Low-End Market");
    assertThat(article.getSection()).isEqualTo(new Label("business", "Business"));
    assertThat(article.getSource()).isEqualTo("Reuters");
    assertThat(article.getDateline()).isEqualTo("HONG KONG");
    assertThat(article.getLead())
        .isEqualTo(
            "Dell Inc. (DELL.O), the maker, said $5 is \"low\" -- and that's it. More later");
    assertThat(article.getBodyHtml())
        .isEqualTo(
            "<p>Dell Inc. (DELL.O), the maker, said $5 is &quot;low&quot; -- and that's it.</p>"
                + "\n<p>More later</p>");
    assertThat(article.getFirstPublished()).isEqualTo(NEWEST);
    assertThat(article.getLanguage()).isEqualTo("en");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Wind spreads fire (AP)    | AP - Winds grew.      | Wind spreads fire        | Winds grew.",
        "Vote called (Canadian Press) | Canadian Press - OTTAWA (CP) - Soon. | Vote called | Soon.",
        "Giants win (12 inn.)      | SAN FRANCISCO - Won.  | Giants win (12 inn.)     | SAN FRANCISCO - Won.",
        "Turner   Newall           | A B.                  | Turner & Newall          | A B.",
        "#146;Tis  #151; here      | a &lt;b&gt;b&lt;/b&gt; | ’Tis — here             | a b",
        "AT amp;T up               | See &lt;A HREF=x      | AT&T up                  | See",
      })
  void remainsOfMarkupAndAgenciesAreCleaned(
      String title, String text, String headline, String lead) {
    Article article = article("\"1\",\"" + title + "\",\"" + text + "\"");

    assertThat(article.getHeadline()).isEqualTo(headline);
    assertThat(article.getLead()).isEqualTo(lead);
  }

  @Test
  void itemsAreDatedBackwardsInTheOrderOfTheFile() {
    List<Item> items = read("\"1\",\"One\",\"a\"\n\"2\",\"Two\",\"b\"\n\"4\",\"Three\",\"c\"\n");

    assertThat(items)
        .extracting(item -> ((Story) item).article().getFirstPublished())
        .containsExactly(NEWEST, NEWEST.minusSeconds(30), NEWEST.minusSeconds(60));
  }

  @Test
  void sameRowHasTheSameIdInEveryImport() {
    String row = "\"1\",\"One\",\"a\"";

    assertThat(article(row).getArticleId())
        .isEqualTo(article("\n" + row + "\r\n").getArticleId());
    assertThat(article(row).getArticleId())
        .isNotEqualTo(article("\"1\",\"One\",\"b\"").getArticleId());
  }

  @Test
  void badRowsAreToldWithTheirLineAndStopNothing() {
    List<Item> items = read("""
        "1","One","a"
        "7","Two","b"
        "1","Three"
        "1","Four,"c"
        "1","  ","d"
        "1","Six
        lines","e"
        "1","Seven","f"
        "1","Eight","never ends
        """);

    assertThat(items).extracting(Item::number).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(items).extracting(Item::line).containsExactly(1, 2, 3, 4, 5, 6, 8, 9);
    assertThat(items.stream().filter(i -> i instanceof Unusable).map(Item::number))
        .containsExactly(2, 3, 4, 5, 8);
    assertThat(((Unusable) items.get(1)).problem().field()).isEqualTo("class");
    assertThat(((Unusable) items.get(4)).problem().field()).isEqualTo("headline");
    assertThat(((Story) items.get(5)).article().getHeadline()).isEqualTo("Six lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"a\": 1}", "PK\u0003\u0004", "plain text"})
  void otherFilesAreNoNews(String content) {
    assertThatThrownBy(() -> read(content))
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a file of news");
  }

  @Test
  void allOfTheRealCorpusIsReadable() throws IOException {
    Path corpus = Path.of("../../shared/data/ag-news.csv");
    assumeTrue(Files.exists(corpus), "skipped: the real corpus is not beside this checkout");

    try (Stream<Item> items = NEWS.read(corpus)) {
      List<Article> articles = items
          .map(item -> {
            assertThat(item).isInstanceOf(Story.class);
            return ((Story) item).article();
          })
          .toList();

      assertThat(articles).hasSize(4_000);
      assertThat(articles).extracting(Article::getArticleId).doesNotHaveDuplicates();
      assertThat(articles)
          .flatExtracting(Article::getHeadline, Article::getLead)
          .noneMatch(text -> String.valueOf(text)
              .matches(".*(#[0-9]+;|&lt;|&gt;|\\bquot;|\\bamp;|\\\\|</?[aA] ).*"));
      assertThat(articles).allMatch(a -> a.getLead() != null && a.getBodyHtml() != null);
    }
  }

  private static Article article(String csv) {
    List<Item> items = read(csv);
    assertThat(items).hasSize(1);
    assertThat(items.get(0)).isInstanceOf(Story.class);
    return ((Story) items.get(0)).article();
  }

  private static List<Item> read(String content) {
    try (Stream<Item> items = NEWS.read(new ByteArrayInputStream(content.getBytes(UTF_8)))) {
      return items.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
