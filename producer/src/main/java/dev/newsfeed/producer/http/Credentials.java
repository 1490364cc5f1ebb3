package dev.newsfeed.producer.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.schemas.Refusals;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a request shows of the key of its sender, in {@code Authorization}: the key itself, or that who
 * sent it has the key.
 *
 * <pre>
 * Bearer nf_3f9a1c2b7d_5e88…
 * Newsfeed-HMAC-SHA256 id=3f9a1c2b7d, time=1795426200, nonce=c2f1…, signature=ab12…
 * </pre>
 */
public sealed interface Credentials permits Credentials.Token, Credentials.Signature {

  /** The id of the key that is claimed. */
  String id();

  /** What can be read of the header; empty: nothing. */
  static Optional<Credentials> of(String authorization) {
    Matcher bearer = Token.BEARER.matcher(authorization);
    if (bearer.matches()) {
      return Token.parse(bearer.group(1)).map(token -> token);
    }
    Matcher signed = Signature.HEADER.matcher(authorization);
    return signed.matches()
        ? Optional.of(new Signature(
            signed.group(1), Long.parseLong(signed.group(2)), signed.group(3), signed.group(4)))
        : Optional.empty();
  }

  /**
   * A key as its sender has it: {@code nf_ID_SECRET}, or {@code nfs_…} where requests are signed with it.
   */
  record Token(String id, String secret, boolean signing) implements Credentials {

    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +(\\S{1,200})");
    private static final Pattern TOKEN = Pattern.compile("nf(s?)_([0-9a-f]{10})_([0-9a-f]{64})");

    /** The parts of a key; empty: it is none. */
    public static Optional<Token> parse(String token) {
      Matcher matcher = TOKEN.matcher(token);
      return matcher.matches()
          ? Optional.of(
              new Token(matcher.group(2), matcher.group(3), !matcher.group(1).isEmpty()))
          : Optional.empty();
    }

    /** The whole key, which is secret. */
    public String shown() {
      return (signing ? "nfs_" : "nf_") + id + "_" + secret;
    }

    /** Without what is secret. */
    @Override
    public String toString() {
      return (signing ? "nfs_" : "nf_") + id + "_***";
    }
  }

  /**
   * A signed request.
   *
   * @param time when it was signed, in seconds since 1970
   * @param nonce another one in each request: a signature is good once
   * @param signature {@code HMAC-SHA256(sha256(secret), message)} in hex; see {@link #of}
   */
  record Signature(String id, long time, String nonce, String signature) implements Credentials {

    private static final Pattern HEADER = Pattern.compile(
        "Newsfeed-HMAC-SHA256 +id=([0-9a-f]{10}), *time=([0-9]{1,12}), *nonce=([A-Za-z0-9_-]{16,64}),"
            + " *signature=([0-9a-f]{64})");

    /**
     * Signs a request.
     *
     * <pre>
     * message    PUT ⏎ /v1/articles/bridge ⏎ 1795426200 ⏎ nonce ⏎ sha256 of the body, in hex
     * key        sha256 of the secret, in hex: what the intake keeps of it
     * </pre>
     *
     * @param target path and query as they are sent
     * @param body as it is sent, packed if it is sent packed
     */
    public static Signature of(
        Token token, String method, String target, byte[] body, long time, String nonce) {
      String key = Refusals.sha256(token.secret().getBytes(UTF_8));
      return new Signature(
          token.id(), time, nonce, mac(key, message(method, target, time, nonce, body)));
    }

    /** What was signed when everything is as it was sent. */
    static String message(String method, String target, long time, String nonce, byte[] body) {
      return String.join("\n", method, target, String.valueOf(time), nonce, Refusals.sha256(body));
    }

    static String mac(String key, String message) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(message.getBytes(UTF_8)));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has HmacSHA256", e);
      }
    }

    /** As it stands in the header. */
    @Override
    public String toString() {
      return "Newsfeed-HMAC-SHA256 id=" + id + ", time=" + time + ", nonce=" + nonce
          + ", signature=" + signature;
    }
  }
}
