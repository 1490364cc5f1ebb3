package dev.newsfeed.gateway.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer, ready to be sent many times: plain, compressed, and their ETag. */
public final class Content {

  private static final int WORTH_COMPRESSING = 512;

  private final String type;
  private final byte[] plain;
  private final String hash;
  private final String etag;
  private final String etagCompressed;
  private final @Nullable String next;
  private final @Nullable BooleanSupplier current;
  private volatile byte @Nullable [] gzip;

  /** Bytes of a media type. */
  public Content(String type, byte[] plain) {
    this(type, plain, hash(plain), null, null);
  }

  /**
   * Bytes of a media type that has no place for an address that goes with them.
   *
   * @param next where the following page is; null: there is none
   */
  public Content(String type, byte[] plain, @Nullable String next) {
    this(type, plain, hash(plain), next, null);
  }

  private Content(
      String type,
      byte[] plain,
      String hash,
      @Nullable String next,
      @Nullable BooleanSupplier current) {
    this.next = next;
    this.type = type;
    this.plain = plain;
    this.hash = hash;
    this.etag = "\"" + hash + "\"";
    this.etagCompressed = "\"" + hash + "-gz\"";
    this.current = current;
  }

  /** The same bytes, which are the answer for as long as that holds; it must be quick to tell. */
  public Content asLongAs(BooleanSupplier stillCurrent) {
    return new Content(type, plain, hash, next, stillCurrent);
  }

  /** Whether it is known to be still what it was when it was made. */
  boolean isCurrent() {
    return current != null && current.getAsBoolean();
  }

  /** Text of a media type, as UTF-8. */
  public static Content text(String type, String text) {
    return new Content(type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Where the following page is, if that is not in the bytes. */
  public @Nullable String next() {
    return next;
  }

  /** As the header {@code Content-Type} says it. */
  public String type() {
    return type;
  }

  /** 128 bits of the SHA-256 of the bytes: the same bytes have the same hash on every gateway. */
  public String hash() {
    return hash;
  }

  /** The strong ETag; what is compressed is another representation and has another one. */
  String etag(boolean compressed) {
    return compressed ? etagCompressed : etag;
  }

  /** Whether it is the ETag of either representation. */
  boolean hasEtag(String tag) {
    return tag.equals(etag) || tag.equals(etagCompressed);
  }

  boolean compressible() {
    boolean text = type.startsWith("text/") || type.contains("json") || type.contains("xml");
    return plain.length >= WORTH_COMPRESSING && text;
  }

  /** The bytes to send. */
  public byte[] bytes(boolean compressed) {
    if (!compressed) {
      return plain;
    }
    byte[] done = gzip;
    if (done == null) {
      done = compress(plain);
      gzip = done;
    }
    return done;
  }

  /** About how much memory it takes. */
  public int weight() {
    return plain.length + plain.length / 3 + 200;
  }

  private static byte[] compress(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 3 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return out.toByteArray();
  }

  /** 128 bits of the SHA-256 of bytes, as text that can stand in an address. */
  public static String hash(byte[] bytes) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
