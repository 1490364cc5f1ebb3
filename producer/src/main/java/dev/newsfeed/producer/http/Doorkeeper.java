package dev.newsfeed.producer.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.producer.http.AccessKey.Right;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who has a key. A file of keys that changes is read again within a second; one that cannot be
 * read any more changes nothing.
 *
 * <pre>
 * file of keys      listens on loopback    elsewhere
 * none              everybody may          nobody may
 * no keys in it     nobody may             nobody may
 * keys in it        who has one            who has one
 * </pre>
 */
public final class Doorkeeper {

  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

  /** How far the clock of who signs a request may be off. */
  private static final Duration SIGNED_WITHIN = Duration.ofMinutes(5);

  /** Signatures remembered; each until it would be refused for its time. */
  private static final int SIGNATURES = 100_000;

  /** What a proxy writes into the head of a request. */
  private static final List<String> THROUGH_A_PROXY =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  private static final long LOOK_EVERY_NS = Duration.ofMillis(500).toNanos();

  private final @Nullable KeyFile file;
  private final boolean openWithoutFile;
  private final Clock clock;
  private final Map<String, Long> used = new LinkedHashMap<>(); // by id and nonce: until when, s
  private Map<String, AccessKey> keys = Map.of();
  private String seen = "";
  private boolean open;
  private long lookedAtNs;

  /**
   * Keeps the door of an intake.
   *
   * @param file null: everybody may, wherever the intake listens
   */
  public Doorkeeper(@Nullable KeyFile file, boolean openWithoutFile, Clock clock) {
    this.file = file;
    this.openWithoutFile = openWithoutFile;
    this.clock = clock;
    look();
  }

  /** Somebody is not let in. */
  public static final class Denied extends Exception {

    private final transient Answer answer;

    private Denied(Answer answer) {
      super("answered with " + answer.status());
      this.answer = answer;
    }

    private static Denied unknown(String detail) {
      return new Denied(Answer.problem(HttpStatus.UNAUTHORIZED_401, detail, List.of())
          .with("WWW-Authenticate", "Bearer realm=\"newsfeed\", Newsfeed-HMAC-SHA256"));
    }

    public static Denied lacks(String detail) {
      return new Denied(Answer.problem(HttpStatus.FORBIDDEN_403, detail, List.of()));
    }

    public Answer answer() {
      return answer;
    }
  }

  /**
   * Who may be let in, seen from the head of a request alone.
   *
   * @param key null: it needs none here
   * @param signature still to be held against the body; null: there is none
   */
  public record Guest(@Nullable AccessKey key, Credentials.@Nullable Signature signature) {}

  /** Looks at a request before its body is read. */
  public Guest atTheDoor(HttpFields headers, Right right) throws Denied {
    Map<String, AccessKey> known = known();
    if (known == null) {
      if (headers.contains(HttpHeader.ORIGIN)) {
        // a browser says so; a name that a stranger's page makes point to this machine fools it,
        // not us
        throw Denied.lacks("a web page needs a key");
      }
      if (file != null && THROUGH_A_PROXY.stream().anyMatch(headers::contains)) {
        // the proxy is on this machine; who asks it may be anywhere
        throw Denied.lacks("through a proxy a key is needed");
      }
      return new Guest(null, null);
    }
    String authorization = headers.get(HttpHeader.AUTHORIZATION);
    if (authorization == null) {
      throw Denied.unknown("a key is needed: Authorization: Bearer nf_…");
    }
    Optional<Credentials> shown = Credentials.of(authorization);
    AccessKey key = shown.isEmpty() ? null : known.get(shown.get().id());
    if (shown.isEmpty() || key == null) {
      throw Denied.unknown("this is no key of this intake");
    }
    if (shown.get() instanceof Credentials.Signature signature) {
      requireSigning(key, signature);
      requireRight(key, right);
      return new Guest(key, signature);
    }
    if (key.signing()) {
      throw Denied.unknown("requests with this key are signed and do not carry it");
    }
    if (shown.get() instanceof Credentials.Token token && !key.isSecret(token.secret())) {
      throw Denied.unknown("this is no key of this intake");
    }
    requireRight(key, right);
    return new Guest(key, null);
  }

  private void requireSigning(AccessKey key, Credentials.Signature signature) throws Denied {
    if (!key.signing()) {
      throw Denied.unknown("requests with this key carry it and are not signed");
    }
    long now = clock.instant().getEpochSecond();
    if (Math.abs(now - signature.time()) > SIGNED_WITHIN.toSeconds()) {
      throw Denied.unknown("the request was signed at " + signature.time() + ", here it is " + now
          + ": more than " + SIGNED_WITHIN.toSeconds() + " s apart");
    }
  }

  private static void requireRight(AccessKey key, Right right) throws Denied {
    if (!key.rights().contains(right)) {
      throw Denied.lacks("the key " + key.name() + " is not for " + right);
    }
  }

  /** Holds a signature against the whole request. Does nothing for a guest who did not sign. */
  public void inside(Guest guest, String method, String target, byte[] body) throws Denied {
    Credentials.Signature signature = guest.signature();
    if (signature == null || guest.key() == null) {
      return;
    }
    String message =
        Credentials.Signature.message(method, target, signature.time(), signature.nonce(), body);
    String mac = Credentials.Signature.mac(guest.key().sha256(), message);
    if (!MessageDigest.isEqual(mac.getBytes(UTF_8), signature.signature().getBytes(UTF_8))) {
      throw Denied.unknown("the signature is not that of this request");
    }
    requireFirst(signature);
  }

  /** Only good signatures get here, so strangers cannot fill the memory. */
  private synchronized void requireFirst(Credentials.Signature signature) throws Denied {
    long now = clock.instant().getEpochSecond();
    Iterator<Long> oldest = used.values().iterator();
    while (oldest.hasNext() && oldest.next() < now) {
      oldest.remove();
    }
    if (used.size() >= SIGNATURES) {
      throw new Denied(
          Answer.problem(HttpStatus.SERVICE_UNAVAILABLE_503, "too many signed requests", List.of())
              .with("Retry-After", "60"));
    }
    long until =
        now + 2 * SIGNED_WITHIN.toSeconds(); // one that is dated ahead stays good that long
    if (used.putIfAbsent(signature.id() + " " + signature.nonce(), until) != null) {
      throw Denied.unknown("this signature has been used: every request needs its own nonce");
    }
  }

  /** How it is now, for start-up lines. */
  @Override
  public String toString() {
    Map<String, AccessKey> known = known();
    return known == null ? "open to everybody who can reach it" : known.size() + " keys";
  }

  /** The keys; null: none is needed. */
  private synchronized @Nullable Map<String, AccessKey> known() {
    if (System.nanoTime() - lookedAtNs > LOOK_EVERY_NS) {
      look();
    }
    return open ? null : keys;
  }

  private void look() {
    lookedAtNs = System.nanoTime();
    if (file == null) {
      open = true;
      return;
    }
    String state = state(file);
    if (state.equals(seen)) {
      return;
    }
    try {
      keys = file.list().stream().collect(Collectors.toMap(AccessKey::id, key -> key));
      open = openWithoutFile && !file.exists();
      LOG.info("keys={} open={}", keys.size(), open);
    } catch (UncheckedIOException | IllegalStateException e) {
      open = false; // there is a file, so there are keys
      LOG.warn("still using the keys read before cause={}", e.getMessage());
    }
    seen = state;
  }

  /** Another one whenever the file is another one, which it is after every change. */
  private static String state(KeyFile file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file.path(), BasicFileAttributes.class);
      return is.fileKey() + " " + is.lastModifiedTime() + " " + is.size();
    } catch (IOException e) {
      return "none";
    }
  }
}
