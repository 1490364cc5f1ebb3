package dev.newsfeed.producer.files;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Refusals;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropFolderTest {

  private static final Instant CHANGED = Instant.parse("2026-11-23T08:00:00.250Z");

  @TempDir
  private Path dir;

  private final MockProducer<String, byte[]> kafka = TestKafka.producer(true);
  private final List<String> kept = new ArrayList<>();
  private DropFolder folder;
  private long seconds = 1_000;

  @BeforeEach
  void open() {
    folder = opened();
  }

  private DropFolder opened() {
    return new DropFolder(
        new DropSettings(
            KafkaSettings.of("localhost:1"),
            TOPICS,
            dir,
            Duration.ofSeconds(5),
            Clock.fixed(NOW, ZoneOffset.UTC)),
        new Outbox(kafka),
        (file, sha256) -> kept.contains(file + ' ' + sha256));
  }

  private void look() throws InterruptedException {
    folder.look(Duration.ofSeconds(seconds).toNanos());
  }

  /** Two looks, so far apart that what lies there is whole. */
  private void settle() throws InterruptedException {
    look();
    seconds += 5;
    look();
  }

  private Path drop(String name, String... items) throws IOException {
    return dropBytes(name, rss(items).getBytes(UTF_8));
  }

  private Path dropBytes(String name, byte[] content) throws IOException {
    Path file = Files.write(dir.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.from(CHANGED));
    return file;
  }

  private static String rss(String... titles) {
    StringBuilder xml = new StringBuilder("<rss version=\"2.0\"><channel><title>Wire</title>");
    for (String title : titles) {
      xml.append("<item><guid>")
          .append(title)
          .append("</guid><title>")
          .append(title)
          .append("</title></item>\n");
    }
    return xml + "</channel></rss>";
  }

  private static final String BAD_DATE =
      "<item><guid>b</guid><title>B</title><pubDate>soon</pubDate></item>";

  private List<String> headlines() {
    return values(kafka, TOPICS.articles).stream().map(Article::getHeadline).toList();
  }

  private List<Rejected> rejected() {
    return values(kafka, TOPICS.rejected);
  }

  private List<String> in(String sub) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve(sub))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void wholeFileIsPublishedAndDone() throws Exception {
    Path file = drop("wire.xml", "One", "Two");

    settle();

    assertThat(headlines()).containsExactly("One", "Two");
    assertThat(file).doesNotExist();
    assertThat(in("done")).containsExactly("wire.xml");
    assertThat(in("refused")).isEmpty();
    assertThat(rejected()).isEmpty();
  }

  /** Its date is the version, so a file that is read again after a crash says the same. */
  @Test
  void fileThatIsReadAgainSaysTheSame() throws Exception {
    drop("wire.xml", "One", "Two");
    settle();
    Files.move(dir.resolve("done/wire.xml"), dir.resolve("wire.xml"));

    folder = opened();
    settle();

    List<Article> articles = values(kafka, TOPICS.articles);
    assertThat(articles.subList(2, 4)).isEqualTo(articles.subList(0, 2));
    assertThat(articles.get(0).getVersion()).isEqualTo(CHANGED.toEpochMilli());
  }

  @Test
  void problemsAreToldBesideTheFileAndKept() throws Exception {
    byte[] sent =
        rss("One").replace("</channel>", BAD_DATE + "<item></item></channel>").getBytes(UTF_8);
    dropBytes("wire.xml", sent);

    settle();

    assertThat(headlines()).as("what is good is not held up").containsExactly("One");
    assertThat(in("refused")).containsExactly("wire.xml", "wire.xml.reason.json");
    assertThat(in("done")).isEmpty();
    assertThat(Files.readAllBytes(dir.resolve("refused/wire.xml"))).isEqualTo(sent);
    var reason = TestKafka.json(Files.readString(dir.resolve("refused/wire.xml.reason.json")));
    assertThat(reason.path("published").asInt()).isEqualTo(1);
    assertThat(reason.path("sha256").asText()).isEqualTo(Refusals.sha256(sent));
    assertThat(reason.path("problems").findValuesAsText("field"))
        .containsExactly("item 2 (line 2) pubDate", "item 3 (line 2) guid");
    assertThat(rejected()).singleElement().satisfies(rejected -> {
      assertThat(rejected.getStage()).isEqualTo("drop-folder");
      assertThat(rejected.getFile()).isEqualTo("wire.xml");
      assertThat(rejected.getReason()).isEqualTo("invalid-field");
      assertThat(rejected.getDetail()).contains("pubDate").contains("guid");
      assertThat(Replay.bytes(rejected)).isEqualTo(sent);
    });
  }

  @Test
  void whatIsNoNewsIsRefused() throws Exception {
    dropBytes("letter.txt", "Dear editor".getBytes(UTF_8));
    dropBytes("empty.xml", new byte[0]);
    dropBytes("bare.xml", rss().getBytes(UTF_8));

    settle();

    assertThat(in("refused"))
        .contains("letter.txt", "empty.xml", "bare.xml", "letter.txt.reason.json");
    assertThat(rejected())
        .extracting(Rejected::getReason)
        .containsOnly("not-news")
        .hasSize(3);
  }

  @Test
  void fileThatGrowsAgainIsNotTaken() throws Exception {
    Path file = drop("wire.xml", "One");
    look();
    seconds += 4;
    dropBytes("wire.xml", rss("One", "Two").getBytes(UTF_8));
    look();
    seconds += 4;
    look();

    assertThat(file).exists();
    assertThat(headlines()).isEmpty();
    seconds += 1;
    look();
    assertThat(headlines()).containsExactly("One", "Two");
  }

  @Test
  void fileStaysWhileKafkaIsAwayAndIsTriedAgain() throws Exception {
    Path file = drop("wire.xml", "One");
    kafka.sendException = new TimeoutException("nobody there");

    settle();
    assertThat(file).exists();

    kafka.sendException = null;
    look();
    assertThat(file).as("not at once").exists();
    seconds += 1;
    look();
    assertThat(in("done")).containsExactly("wire.xml");
    assertThat(headlines()).containsExactly("One");
  }

  @Test
  void refusedFileStaysUntilItsRefusalIsKept() throws Exception {
    Path file = dropBytes("letter.txt", "Dear editor".getBytes(UTF_8));
    kafka.sendException = new TimeoutException("nobody there");
    settle();
    assertThat(file).exists();

    kafka.sendException = null;
    seconds += 1;
    look();

    assertThat(in("refused")).containsExactly("letter.txt", "letter.txt.reason.json");
    assertThat(rejected()).hasSize(1);
  }

  /** It died after the brokers had the refusal and before the file was moved. */
  @Test
  void refusalThatAFormerSelfHasKeptIsNotKeptTwice() throws Exception {
    byte[] sent = "Dear editor".getBytes(UTF_8);
    dropBytes("letter.txt", sent);
    settle();
    Files.move(dir.resolve("refused/letter.txt"), dir.resolve("letter.txt"));
    kept.add("letter.txt " + Refusals.sha256(sent));

    folder = opened();
    settle();

    assertThat(in("refused")).containsExactly("letter.txt", "letter.txt.reason.json");
    assertThat(rejected()).hasSize(1);
  }

  /** It died after it had written the reason and before the brokers had the refusal. */
  @Test
  void refusalThatAFormerSelfHasNotKeptIsKept() throws Exception {
    dropBytes("letter.txt", "Dear editor".getBytes(UTF_8));
    settle();
    Files.move(dir.resolve("refused/letter.txt"), dir.resolve("letter.txt"));
    kafka.clear();

    folder = opened();
    settle();

    assertThat(rejected()).hasSize(1);
  }

  @Test
  void sameNameTwiceOverwritesNothing() throws Exception {
    for (String headline : List.of("One", "Two", "Three")) {
      drop("wire.xml", headline);
      settle();
    }
    for (int n = 0; n < 2; n++) {
      dropBytes("letter.txt", "Dear editor".getBytes(UTF_8));
      settle();
    }

    assertThat(in("done")).containsExactly("wire.xml", "wire.xml-2", "wire.xml-3");
    assertThat(in("refused"))
        .containsExactly(
            "letter.txt", "letter.txt-2", "letter.txt-2.reason.json", "letter.txt.reason.json");
    assertThat(rejected()).as("it came twice").hasSize(2);
  }

  @Test
  void linksAreNotFollowed(@TempDir Path elsewhere) throws Exception {
    Path secret = Files.writeString(elsewhere.resolve("secret.xml"), rss("Secret"));
    Files.createSymbolicLink(dir.resolve("wire.xml"), secret);
    Files.createDirectory(dir.resolve("folder"));

    settle();

    assertThat(headlines()).isEmpty();
    assertThat(secret).hasContent(rss("Secret"));
    assertThat(dir.resolve("refused/wire.xml")).isSymbolicLink();
    assertThat(rejected()).singleElement().satisfies(rejected -> {
      assertThat(rejected.getReason()).isEqualTo("not-a-file");
      assertThat(rejected.getSize()).isZero();
    });
    assertThat(dir.resolve("folder")).isDirectory();
  }

  @Test
  void reasonIsNotWrittenThroughALinkThatASenderLaid(@TempDir Path elsewhere) throws Exception {
    Path ours = Files.writeString(elsewhere.resolve("ours"), "ours");
    Files.createSymbolicLink(dir.resolve("refused/.letter.txt.reason.json.tmp"), ours);
    Files.writeString(dir.resolve("letter.txt"), "Dear editor");

    settle();

    assertThat(ours).hasContent("ours");
    assertThat(dir.resolve("refused/letter.txt.reason.json")).isRegularFile();
  }

  @Test
  void doneMustNotLeadElsewhere(@TempDir Path elsewhere) throws Exception {
    Files.delete(dir.resolve("done"));
    Files.createSymbolicLink(dir.resolve("done"), elsewhere);

    assertThatThrownBy(this::opened)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("done must be a directory");
  }

  @Test
  void hugeFileIsRefusedWithoutBeingRead() throws Exception {
    Path file = drop("huge.xml", "One");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }

    settle();

    assertThat(headlines()).isEmpty();
    assertThat(rejected()).singleElement().satisfies(rejected -> {
      assertThat(rejected.getReason()).isEqualTo("too-large");
      assertThat(rejected.getSize()).isEqualTo(1L << 40);
      assertThat(rejected.getCut()).isTrue();
      assertThat(rejected.getBytes().remaining()).isEqualTo(Refusals.KEPT_BYTES);
    });
  }

  @Test
  void dateThatNothingCouldEverReplaceIsRefused() throws Exception {
    Path file = drop("wire.xml", "One");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2099-01-01T00:00:00Z")));

    settle();

    assertThat(headlines()).isEmpty();
    assertThat(rejected()).singleElement().extracting(Rejected::getField).isEqualTo("file");
  }

  @Test
  void oddNamesEndUnderDecentOnes() throws Exception {
    drop("a\nb \u001b[31m.xml", "One");
    drop("Übersicht (neu).xml", "Two");
    drop("x".repeat(240) + ".xml", "Three");
    dropBytes("y".repeat(250), "Dear editor".getBytes(UTF_8));

    settle();

    assertThat(headlines()).containsExactlyInAnyOrder("One", "Two", "Three");
    assertThat(in("done")).contains("a_b___31m.xml").hasSize(3).allMatch(n -> !n.contains("\n"));
    assertThat(in("refused")).hasSize(2);
  }

  @Test
  void brokersThatTakeNoSuchArticleDoNotHoldTheFileUp() throws Exception {
    drop("wire.xml", "One");
    kafka.sendException = new RecordTooLargeException("too large");

    look();
    seconds += 5;
    look();

    assertThat(dir.resolve("refused/wire.xml.reason.json")).content().contains("too-large");
  }

  @Test
  void immovableFileIsPublishedOnceAndTriedEverMoreSeldom() throws Exception {
    Path done = dir.resolve("done");
    Files.delete(done);
    Files.createFile(done);
    Path file = drop("wire.xml", "One");
    dropBytes("letter.txt", "Dear editor".getBytes(UTF_8));

    settle();
    for (int n = 0; n < 300; n++) {
      seconds++;
      look();
    }

    assertThat(file).exists();
    assertThat(headlines()).containsExactly("One");
    assertThat(in("refused")).as("held up by nobody").contains("letter.txt");
    Files.delete(done);
    Files.createDirectory(done);
    seconds += 60;
    look();
    assertThat(in("done")).containsExactly("wire.xml");
    assertThat(headlines()).containsExactly("One");
  }
}
