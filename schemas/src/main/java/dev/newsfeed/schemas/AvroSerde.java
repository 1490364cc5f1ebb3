package dev.newsfeed.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Avro values in Confluent's wire format, which tools and clients of other languages read:
 *
 * <pre>
 * 00 | 00 00 00 05 | Avro binary …
 *  │        └ number of the schema it was written with, big-endian
 *  └ always zero
 * </pre>
 *
 * A value written with another version of the schema is read as this one. Anything else is a {@link
 * SerializationException}: a wrong first byte, an unknown number, a truncated value, bytes left over
 * at the end. Safe for use by several threads.
 */
public final class AvroSerde<T extends SpecificRecord> implements Serde<T> {

  private static final int HEADER = 5;
  private static final byte MAGIC = 0;

  static {
    // since 1.12.2 Avro makes instances only of classes it is told to trust
    ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
        ClassSecurityValidator.getGlobal(),
        type -> type.getName().startsWith("dev.newsfeed.avro.")));
  }

  private final Schema reader;
  private final SpecificData model;
  private final SchemaIds ids;
  private final SpecificDatumWriter<T> writer;
  private final Map<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();
  private final Map<String, Integer> writerIds = new ConcurrentHashMap<>();
  private volatile int ownId = -1; // once a value with it was met
  private final Set<Integer> foreignIds = ConcurrentHashMap.newKeySet();
  private final ThreadLocal<Buffers> buffers = ThreadLocal.withInitial(Buffers::new);

  /** Reads and writes values of a generated record class. */
  public AvroSerde(Class<T> type, SchemaIds ids) {
    this.model = SpecificData.getForClass(type); // knows the type's logical types
    this.reader = model.getSchema(type);
    this.ids = ids;
    this.writer = new SpecificDatumWriter<>(reader, model);
  }

  @Override
  public Serializer<T> serializer() {
    return (topic, value) -> value == null ? null : write(topic, value);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (topic, bytes) -> bytes == null ? null : read(topic, bytes);
  }

  /**
   * The value as it stands on a topic.
   *
   * @throws SerializationException when a field that must be set is not
   */
  public byte[] write(String topic, T value) {
    Buffers b = buffers.get();
    try {
      b.out.begin(writerIds.computeIfAbsent(topic, t -> ids.id(t + "-value", reader)));
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(b.out, b.encoder);
      b.encoder = encoder;
      writer.write(value, encoder);
      return b.out.toByteArray();
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "cannot write " + reader.getFullName() + " to " + topic + ": " + e.getMessage(), e);
    }
  }

  /**
   * The value that these bytes of a topic hold.
   *
   * @throws SerializationException when they hold none
   * @throws UnknownSchemaException when a newer version wrote them
   * @throws UncheckedIOException when nobody can be asked for their schema now
   */
  public T read(String topic, byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != MAGIC) {
      throw new SerializationException(
          "a value of " + topic + " does not begin with 00 and a schema id");
    }
    int id = id(bytes, 0);
    try {
      SpecificDatumReader<T> datum = readers.get(id);
      if (datum == null) {
        datum = new SpecificDatumReader<>(ids.schema(id), reader, model);
      }
      Buffers b = buffers.get();
      BinaryDecoder decoder =
          DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, b.decoder);
      b.decoder = decoder;
      T value = datum.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new AvroRuntimeException("bytes are left over after the value");
      }
      readers.putIfAbsent(id, datum); // only schemas that have been read once are kept
      return value;
    } catch (UnknownSchemaException e) {
      throw new UnknownSchemaException(
          "a value of " + topic + " cannot be read: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw e; // it may be a good one: who passed it over would lose it
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "a value of " + topic + " is not " + reader.getFullName() + " (schema id " + id + "): "
              + e.getMessage(),
          e);
    }
  }

  /**
   * A decoder that stands before the first field of a value which was written with this very schema,
   * for those who read millions of them and want no object of each. Holds until this thread's next
   * call. Null: {@link #read} it, it is of another schema or none at all.
   */
  public @Nullable BinaryDecoder fields(byte[] bytes, int from, int length) {
    if (length < HEADER || bytes[from] != MAGIC || !isOwn(id(bytes, from))) {
      return null;
    }
    Buffers b = buffers.get();
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, from + HEADER, length - HEADER, b.decoder);
    b.decoder = decoder;
    return decoder;
  }

  private boolean isOwn(int id) {
    if (id == ownId) {
      return true;
    }
    if (foreignIds.contains(id)) {
      return false;
    }
    long fingerprint;
    try {
      fingerprint = SchemaNormalization.parsingFingerprint64(ids.schema(id));
    } catch (RuntimeException e) {
      return false; // there is no such schema: read() says so, and nothing is kept of it
    }
    if (fingerprint == SchemaNormalization.parsingFingerprint64(reader)) {
      ownId = id;
      return true;
    }
    foreignIds.add(id);
    return false;
  }

  private static int id(byte[] bytes, int from) {
    return (bytes[from + 1] & 0xff) << 24
        | (bytes[from + 2] & 0xff) << 16
        | (bytes[from + 3] & 0xff) << 8
        | (bytes[from + 4] & 0xff);
  }

  private static final class Buffers {
    final Out out = new Out();

    @Nullable
    BinaryEncoder encoder;

    @Nullable
    BinaryDecoder decoder;
  }

  private static final class Out extends ByteArrayOutputStream {
    private static final int KEPT_AT_MOST = 1 << 20;

    Out() {
      super(512);
    }

    void begin(int id) {
      if (buf.length > KEPT_AT_MOST) {
        buf = new byte[512]; // one huge value must not hold its memory for ever
      }
      reset();
      write(MAGIC);
      write(id >>> 24);
      write(id >>> 16);
      write(id >>> 8);
      write(id);
    }
  }
}
