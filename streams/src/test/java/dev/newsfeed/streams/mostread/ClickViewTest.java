package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.newsfeed.avro.Click;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClickViewTest {

  private final ClickView view = new ClickView();

  static List<Long> seeds() {
    return new Random(8).longs(500).boxed().toList();
  }

  private static String text(Random random) {
    return "ä€-a1".repeat(random.nextInt(4));
  }

  private static Click click(Random random) {
    return new Click(
        text(random) + random.nextInt(100),
        random.nextLong(),
        random.nextBoolean() ? null : text(random),
        random.nextBoolean() ? null : random.nextLong(),
        random.nextBoolean() ? null : random.nextLong(),
        random.nextInt(4) > 0 ? null : text(random));
  }

  private void read(byte[] bytes, int from, int length) {
    view.read(TOPICS.clicks.valueSerde(), TOPICS.clicks.name(), bytes, from, length);
  }

  private static List<Object> seen(ClickView view) {
    return Arrays.asList(
        view.articleId(),
        view.receivedAtMs(),
        view.event(),
        view.hasVisitor(),
        view.visitor(),
        view.network(),
        view.suspect());
  }

  /** Fails when the schema has a field more, or in another place, than the view reads. */
  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsSeenInTheBytesIsWhatTheRecordSays(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) { // one after another, in one view
      Click click = click(random);
      byte[] value = TOPICS.clicks.valueSerde().write(TOPICS.clicks.name(), click);
      int from = random.nextInt(50);
      byte[] among = new byte[from + value.length + random.nextInt(50)];
      random.nextBytes(among);
      System.arraycopy(value, 0, among, from, value.length);

      read(among, from, value.length);

      assertThat(seen(view)).isEqualTo(seen(ClickView.of(click)));
      assertThat(view.articleId()).isEqualTo(click.getArticleId());
      assertThat(view.receivedAtMs()).isEqualTo(click.getReceivedAtMs());
      assertThat(view.hasVisitor()).isEqualTo(click.getVisitor() != null);
      assertThat(view.visitor()).isEqualTo(click.getVisitor() == null ? 0 : click.getVisitor());
      assertThat(view.suspect()).isEqualTo(click.getSuspect());
    }
  }

  /** Whatever is cut, added or overwritten is refused, or read as the usual decoder reads it. */
  @ParameterizedTest
  @MethodSource("seeds")
  void brokenBytesAreRefusedWhereTheUsualDecoderRefusesThem(long seed) {
    Random random = new Random(seed);
    byte[] value = TOPICS.clicks.valueSerde().write(TOPICS.clicks.name(), click(random));
    byte[] broken = Arrays.copyOf(value, random.nextInt(value.length + 3));
    for (int i = random.nextInt(3); i > 0 && broken.length > 0; i--) {
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
    }
    Click usual;
    try {
      usual = TOPICS.clicks.valueSerde().read(TOPICS.clicks.name(), broken);
    } catch (SerializationException e) {
      assertThatExceptionOfType(SerializationException.class)
          .isThrownBy(() -> read(broken, 0, broken.length));
      return;
    }

    read(broken, 0, broken.length);

    assertThat(view.receivedAtMs()).isEqualTo(usual.getReceivedAtMs());
    assertThat(view.articleId()).isEqualTo(usual.getArticleId());
  }
}
