package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class AvroSerdeTest {

  private final AvroSerde<Click> clicks = new AvroSerde<>(Click.class, SchemaCatalogue.shipped());
  private final Click click =
      Click.newBuilder().setArticleId("a").setReceivedAtMs(1_000).setVisitor(7L).build();

  @Test
  void whatIsWrittenIsReadBack() {
    assertThat(clicks.read("t", clicks.write("t", click))).isEqualTo(click);
  }

  @Test
  void valueBeginsWithZeroAndTheNumberOfItsSchema() {
    byte[] bytes = clicks.write("t", click);

    assertThat(Arrays.copyOf(bytes, 5)).containsExactly(0, 0, 0, 0, 2);
  }

  @Test
  void valueOfANewerVersionIsToldFromOneThatIsBroken() {
    byte[] bytes = clicks.write("t", click);
    int newest = SchemaCatalogue.shipped().published().stream()
        .mapToInt(SchemaCatalogue.Published::id)
        .max()
        .orElseThrow();

    bytes[4] = (byte) (newest + 1);
    assertThatThrownBy(() -> clicks.read("t", bytes))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("a value of t cannot be read")
        .hasMessageContaining("knows " + newest + " at most")
        .hasMessageContaining("replace this process");
    bytes[1] = 0x7f;
    assertThatThrownBy(() -> clicks.read("t", bytes))
        .isInstanceOf(SerializationException.class)
        .isNotInstanceOf(UnknownSchemaException.class);
  }

  @Test
  void nullStaysNull() {
    assertThat(clicks.serializer().serialize("t", null)).isNull();
    assertThat(clicks.deserializer().deserialize("t", null)).isNull();
  }

  @Test
  void everyTruncationAndAnyRestIsRefused() {
    byte[] bytes = clicks.write("t", click);

    for (int length = 0; length < bytes.length; length++) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> clicks.read("t", truncated))
          .as("%d bytes", length)
          .isInstanceOf(SerializationException.class);
    }
    assertThatThrownBy(() -> clicks.read("t", Arrays.copyOf(bytes, bytes.length + 1)))
        .hasMessageContaining("left over");
  }

  @Test
  void anUnknownNumberIsRefusedNamingIt() {
    byte[] bytes = clicks.write("t", click);
    bytes[4] = 99;

    assertThatThrownBy(() -> clicks.read("t", bytes)).hasMessageContaining("99");
  }

  @Test
  void anAbsurdLengthIsRefusedWithoutTakingItsMemory() {
    clicks.read("t", clicks.write("t", click)); // what is made once has been made
    // the schema number of a click, then a string that claims a billion bytes
    byte[] bomb = {0, 0, 0, 0, 2, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 'a'};
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThatThrownBy(() -> clicks.read("t", bomb)).isInstanceOf(SerializationException.class);
    BinaryDecoder fields = Objects.requireNonNull(clicks.fields(bomb, 0, bomb.length));
    assertThatThrownBy(() -> fields.readString(null)).isInstanceOf(Exception.class);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 * 1024 * 1024);
  }

  @Test
  void aValueOfAnOlderSchemaIsReadWithDefaults() throws IOException {
    Schema older = SchemaBuilder.record("Click")
        .namespace("dev.newsfeed.avro")
        .fields()
        .requiredString("articleId")
        .requiredLong("receivedAtMs")
        .endRecord();
    GenericData.Record value = new GenericData.Record(older);
    value.put("articleId", "a");
    value.put("receivedAtMs", 5L);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {0, 0, 0, 0, 77});
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<>(older).write(value, encoder);
    encoder.flush();
    AvroSerde<Click> reader = new AvroSerde<>(Click.class, only(77, older));

    Click read = reader.read("t", out.toByteArray());

    assertThat(read.getArticleId()).isEqualTo("a");
    assertThat(read.getVisitor()).isNull();
  }

  @Test
  void aMissingFieldIsNamedWhenWriting() {
    AvroSerde<Article> articles = new AvroSerde<>(Article.class, SchemaCatalogue.shipped());

    assertThatThrownBy(() -> articles.write("t", new Article()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("articleId");
  }

  private static SchemaIds only(int number, Schema schema) {
    return new SchemaIds() {
      @Override
      public int id(String subject, Schema asked) {
        return number;
      }

      @Override
      public Schema schema(int id) {
        return schema;
      }
    };
  }
}
