package dev.newsfeed.producer.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.producer.BodyHtml;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What our writer writes is ninjs to IPTC's schema, and the same article to our reader. */
class NinjsRoundTripTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = TestKafka.TOPICS;

  private static final Instant NOW = Instant.parse("2026-11-23T09:30:00Z");
  private static final Ninjs NINJS = new Ninjs(
      id -> "tag:news.example,2026:" + id,
      url -> url.startsWith("/") ? "https://news.example" + url : url);
  private static final int ROUNDS = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void articleIsTheSameAfterwards(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Article article = new RandomArticle(random).build();
      assertThat(ArticleRules.problems(article)).as("seed %s round %s", seed, i).isEmpty();

      ObjectNode json = NINJS.of(article);

      assertThat(NinjsJson.read(Json.read(Json.bytes(json)), article.getArticleId(), NOW))
          .as("seed %s round %s: %s", seed, i, json)
          .isEqualTo(article);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void schemaOfIptcHasNothingToSay(long seed) throws IOException {
    NinjsSchema schema = NinjsSchema.of("3.1");
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS / 4; i++) {
      ObjectNode json = NINJS.of(new RandomArticle(random).build());

      assertThat(schema.errors(json.toString())).as("seed %s: %s", seed, json).isEmpty();
    }
  }

  @Test
  void schemaSeesWhatIsWrong() throws IOException {
    ObjectNode json = NINJS.of(new RandomArticle(new Random(6)).build());

    assertThat(NinjsSchema.of("3.1").errors(json.deepCopy().put("headline", "x").toString()))
        .isNotEmpty();
    assertThat(NinjsSchema.of("3.1").errors(json.deepCopy().put("uri", "no uri").toString()))
        .isNotEmpty();
  }

  @Test
  void addressesOfThisSiteAreMadeWholeAndOfAnyScriptEncoded() throws IOException {
    Article article = new RandomArticle(new Random(7)).build();
    ObjectNode json = NINJS.of(Article.newBuilder(article)
        .setStatus(Status.usable)
        .setWithdrawal(null)
        .setHeadline("Bridge")
        .setUrl("/brücke")
        .build());

    assertThat(json.at("/renditions/0/href").asText())
        .isEqualTo("https://news.example/br%C3%BCcke");
    assertThat(NinjsSchema.of("3.1").errors(json.toString())).isEmpty();
  }

  /** Any article that an intake could have taken, most fields set or not by chance. */
  private record RandomArticle(Random random) {

    Article build() {
      Article.Builder article = Article.newBuilder()
          .setArticleId(id())
          .setVersion(1 + random.nextLong(1L << 50))
          .setVersionCreated(time());
      if (random.nextInt(8) == 0) {
        return article
            .setStatus(Status.canceled)
            .setWithdrawal(new Withdrawal(line(), maybe(this::line), maybe(this::id)))
            .build();
      }
      List<Photo> photos = list(this::photo);
      article
          .setStatus(random.nextInt(5) == 0 ? Status.withheld : Status.usable)
          .setKind(List.copyOf(ArticleRules.KINDS).get(random.nextInt(5)))
          .setHeadline(line())
          .setShortHeadline(maybe(this::line))
          .setLead(maybe(this::line))
          .setBodyHtml(maybe(this::html))
          .setUrl(maybe(this::url))
          .setAliases(list(this::url))
          .setSection(maybe(this::label))
          .setExtraSections(labels())
          .setTopics(labels())
          .setPersons(labels())
          .setPlaces(labels())
          .setUrgency(maybe(() -> 1 + random.nextInt(9)))
          .setLanguage(maybe(() -> "de-CH"))
          .setEdition(maybe(this::line))
          .setByline(maybe(this::line))
          .setDateline(maybe(this::line))
          .setSource(maybe(this::line))
          .setCopyright(maybe(this::line))
          .setUsageTerms(maybe(this::line))
          .setPhotos(photos)
          .setPhotoCount(random.nextBoolean() ? photos.size() : random.nextInt(50))
          .setReadAlso(list(this::id).stream().distinct().toList())
          .setInOtherMedia(list(() -> new MediaLink(line(), url(), line())))
          .setFirstPublished(time())
          .setEmbargoedUntil(maybe(this::time))
          .setExpires(maybe(this::time))
          .setRepublish(random.nextBoolean())
          .setRestore(random.nextBoolean())
          .setEvergreen(random.nextBoolean())
          .setMostReadEligible(random.nextBoolean())
          .setCorrection(maybe(() -> new Correction(line(), time())));
      return article.build();
    }

    private <T> @Nullable T maybe(Supplier<T> some) {
      return random.nextBoolean() ? some.get() : null;
    }

    private <T> List<T> list(Supplier<T> some) {
      return IntStream.range(0, Math.max(0, random.nextInt(6) - 2))
          .mapToObj(i -> some.get())
          .toList();
    }

    private List<Label> labels() {
      List<Label> labels = new ArrayList<>();
      for (Label label : list(this::label)) {
        if (labels.stream().noneMatch(l -> l.getSlug().equals(label.getSlug()))) {
          labels.add(label);
        }
      }
      return labels;
    }

    private Label label() {
      return new Label("slug-" + random.nextInt(1_000), line());
    }

    private Photo photo() {
      return Photo.newBuilder()
          .setUrl(url())
          .setWidth(random.nextInt(3) * 900)
          .setHeight(random.nextInt(3) * 600)
          .setCaption(maybe(this::line))
          .setCredit(maybe(this::line))
          .setAlt(maybe(this::line))
          .build();
    }

    private Instant time() {
      return Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
    }

    private String id() {
      return "a" + random.nextInt(1_000_000) + ":~._-x";
    }

    private String url() {
      return "https://img.example/" + random.nextInt(1_000_000) + "?a=1&b=%20";
    }

    private String html() {
      return BodyHtml.sanitised("<p>" + NewsText.escaped(line()) + "</p><h2>A</h2><ul><li>"
          + NewsText.escaped(line()) + "</li></ul><p><a href=\"" + url() + "\">x</a></p>");
    }

    private String line() {
      List<String> words = List.of(
          "River", "<b>", "&amp;", "\"so\"", "newsfeed:", "東京", "😀", "null", "'", "\\", "0", "é");
      StringBuilder line = new StringBuilder("w");
      for (int i = random.nextInt(6); i >= 0; i--) {
        line.append(' ').append(words.get(random.nextInt(words.size())));
      }
      return line.toString();
    }
  }
}
