package dev.newsfeed.producer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.producer.formats.NewsImport.Unusable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agencies' own ninjs, as IPTC publishes them. */
class NinjsExamplesTest {

  private static final Path EXAMPLES = Path.of("../../shared/data/ninjs");
  private static final NewsImport NEWS =
      new NewsImport(Instant.parse("2026-11-23T09:30:00Z"), Duration.ofSeconds(30), 1);

  private final Set<String> read = new TreeSet<>();

  @BeforeEach
  void examplesAreThere() {
    assumeTrue(Files.exists(EXAMPLES), "skipped: IPTC's examples are not beside this checkout");
  }

  @Test
  void textOfDpaIsAnArticle() {
    Article article = article("dpa_text.json");

    assertThat(article.getArticleId()).isEqualTo("urn:newsml:dpa.com:20090101:190510-99-167362");
    assertThat(article.getVersion()).isEqualTo(2);
    assertThat(article.getKind()).isEqualTo("article");
    assertThat(article.getStatus()).isEqualTo(Status.usable);
    assertThat(article.getHeadline())
        .isEqualTo("Faktencheck Derby-Elfmeter: Hat Schiedsrichter Zwayer recht?");
    assertThat(article.getBodyHtml())
        .startsWith("<p>Für Lucien Favre war es «der größte Skandal")
        .endsWith("kommen.</p>");
    assertThat(article.getByline()).isEqualTo("Von Christian Hollmann, dpa");
    assertThat(article.getSource()).isEqualTo("dpa");
    assertThat(article.getCopyright()).startsWith("Copyright 2019, dpa");
    assertThat(article.getUrgency()).isEqualTo(4);
    assertThat(article.getLanguage()).isEqualTo("de");
    assertThat(article.getVersionCreated()).isEqualTo(Instant.parse("2019-05-10T14:02:28Z"));
    assertThat(article.getFirstPublished())
        .as("of a second version nobody knows")
        .isNull();
  }

  @Test
  void textOfNtbHasItsLeadAndSubjects() {
    Article article = article("ntb_text.json");

    assertThat(article.getArticleId()).isEqualTo("urn:8d19cf88-b3ab-4972-8fec-1207599f2872");
    assertThat(article.getVersion()).isEqualTo(6);
    assertThat(article.getLead()).startsWith("IT-giganten Google har").endsWith("i Europa.");
    assertThat(article.getTopics())
        .extracting(Label::getSlug)
        .containsExactly("innenriks", "teknologi", "industri", "olje-og-energi");
    assertThat(article.getPlaces()).containsExactly(new Label("telemark", "Telemark"));
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2019-08-09T09:30:04Z"));
    assertThat(article.getCopyright()).isEqualTo("NTB");
  }

  @Test
  void textOfTtBringsItsPicture() {
    Article article = article("tt_text_image_2.json");

    assertThat(article.getKind()).isEqualTo("article");
    assertThat(article.getPhotos()).hasSize(1);
    Photo photo = article.getPhotos().get(0);
    assertThat(photo.getUrl()).endsWith("a001_NormalPreview.jpg");
    assertThat(photo.getWidth()).isEqualTo(1024);
    assertThat(photo.getCredit()).isEqualTo("Karl Melander/TT");
    assertThat(photo.getCaption()).startsWith("En stor internationell");
    assertThat(article.getPersons()).containsExactly(new Label("jonas-svensson", "Jonas Svensson"));
    assertThat(article.getTopics())
        .extracting(Label::getTitle)
        .containsExactly("Krig, konflikter och oroligheter", "Aurora");
    assertThat(article.getExpires()).isEqualTo(Instant.parse("2023-05-30T22:00:00Z"));
    assertThat(article.getBodyHtml())
        .contains("<p>Pandemin satte stopp")
        .contains("<a href=\"https://www.sydostran.se/")
        .doesNotContain("Militärövning i jätteformat hålls 2023");
  }

  @Test
  void pictureOfApIsAGalleryOfOne() {
    Article article = article("ap_image.json");

    assertThat(article.getKind()).isEqualTo("gallery");
    assertThat(article.getVersion()).as("AP begins with 0").isEqualTo(1);
    assertThat(article.getPhotos()).hasSize(1);
    Photo photo = article.getPhotos().get(0);
    assertThat(photo.getUrl()).contains("download?role=main");
    assertThat(photo.getWidth()).isEqualTo(3000);
    assertThat(photo.getHeight()).isEqualTo(2208);
    assertThat(photo.getCredit()).isEqualTo("ASSOCIATED PRESS");
    assertThat(photo.getCaption()).startsWith("FILE - In this Monday");
    assertThat(article.getSource()).isEqualTo("DHA");
    assertThat(article.getTopics())
        .extracting(Label::getTitle)
        .contains("International News", "Islamic State group", "Turkey government");
    assertThat(article.getPlaces()).hasSize(6);
  }

  @Test
  void videoOfApIsHeldWithoutItsStream() {
    Article article = article("ap_video.json");

    assertThat(article.getKind()).isEqualTo("video");
    assertThat(article.getPersons())
        .extracting(Label::getSlug)
        .containsExactly("nancy-pelosi", "joe-biden", "donald-trump");
    assertThat(article.getPhotos()).hasSize(1);
    assertThat(article.getPhotos().get(0).getWidth()).isEqualTo(1920);
    assertThat(article.getDateline()).isEqualTo("Washington");
    assertThat(article.getBodyHtml()).isNull();
  }

  @Test
  void audioOfApIsRefused() {
    assertThat(item("ap_audio.json"))
        .isInstanceOfSatisfying(
            Unusable.class,
            bad -> assertThat(bad.problem().toString())
                .contains("type", "is audio, and an article has no place for sound"));
  }

  @Test
  void pictureOfSipaHasItsText() {
    Article article = article("SIPA_image_2.json");

    assertThat(article.getKind()).isEqualTo("gallery");
    assertThat(article.getArticleId()).startsWith("ninjs-");
    assertThat(article.getLead()).startsWith("Demonstration of the workers");
    assertThat(article.getBodyHtml()).startsWith("<p>GROSSETO, Italy (AP)");
    assertThat(article.getTopics()).hasSize(10);
    assertThat(article.getPhotos().get(0).getWidth()).isEqualTo(3543);
    assertThat(article.getPhotos().get(0).getCredit()).isEqualTo("Insidefoto");
    assertThat(article.getUsageTerms()).isEqualTo("*** World Rights Except Italy ***");
  }

  @Test
  void compositeOfBusinessWireIsAnArticleWithItsPicture() {
    Article article = article("businesswire-newsml-20130731006140.json");

    assertThat(article.getKind()).isEqualTo("article");
    assertThat(article.getPhotos()).hasSize(1);
    assertThat(article.getPhotos().get(0).getWidth()).isEqualTo(216);
    assertThat(article.getBodyHtml()).startsWith("With more Applebee’s");
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2013-07-31T15:32:00Z"));
  }

  @Test
  void chineseOfBusinessWireIsReadable() {
    Article article = article("businesswire-newsml-20130605006126.json");

    assertThat(article.getHeadline()).isEqualTo("Cambrios被Gartner評選為「最酷供應商」");
    assertThat(article.getLanguage()).isEqualTo("zh");
    assertThat(article.getTopics()).hasSize(13);
  }

  @Test
  void simpleTextHasAVersionFromItsDate() {
    Article article = article("ninjsExSimpleText_2.json");

    assertThat(article.getVersion())
        .isEqualTo(Instant.parse("2013-07-09T10:37:00Z").toEpochMilli());
    assertThat(article.getFirstPublished()).isEqualTo(Instant.parse("2013-07-09T10:37:00Z"));
    assertThat(article.getBodyHtml()).startsWith("<p>GROSSETO").doesNotContain("<body");
    assertThat(article.getByline()).isEqualTo("Paulo Santalucia and Frances d'Emilio");
  }

  @Test
  void picturesWithRightsAreTheSameItem() {
    Article encoded = article("imageEncodedRights.json");
    Article linked = article("imageLinkedRights.json");

    assertThat(encoded).isEqualTo(linked);
    assertThat(encoded.getPhotos())
        .extracting(Photo::getWidth, Photo::getCredit)
        .containsExactly(tuple(512, "John Smith"));
  }

  @Test
  void everyExampleIsAmongThese() throws IOException {
    textOfDpaIsAnArticle();
    textOfNtbHasItsLeadAndSubjects();
    textOfTtBringsItsPicture();
    pictureOfApIsAGalleryOfOne();
    videoOfApIsHeldWithoutItsStream();
    audioOfApIsRefused();
    pictureOfSipaHasItsText();
    compositeOfBusinessWireIsAnArticleWithItsPicture();
    chineseOfBusinessWireIsReadable();
    simpleTextHasAVersionFromItsDate();
    picturesWithRightsAreTheSameItem();

    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
          .isEqualTo(read);
    }
  }

  private Article article(String name) {
    Item item = item(name);
    assertThat(item).isInstanceOf(Story.class);
    return ((Story) item).article();
  }

  private Item item(String name) {
    read.add(name);
    try (Stream<Item> items = NEWS.read(EXAMPLES.resolve(name))) {
      List<Item> all = items.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
