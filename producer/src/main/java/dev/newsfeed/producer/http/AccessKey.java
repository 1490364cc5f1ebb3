package dev.newsfeed.producer.http;

import dev.newsfeed.schemas.Refusals;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the intake keeps of a key that a CMS, a site or an editor's tool has.
 *
 * @param id tells it from others; not secret
 * @param name whose it is: two keys of one name are the same sender, which changes from one to the other
 * @param rights what may be sent with it
 * @param ids how the ids of its articles begin; empty: any
 * @param signing whether requests are signed with it and never carry it
 * @param sha256 of its secret, in hex. Of a signing key this is what both sides sign with
 */
public record AccessKey(
    String id,
    String name,
    Set<Right> rights,
    String ids,
    boolean signing,
    Instant created,
    String sha256) {

  /** What a key may be for. */
  public enum Right {
    /** Publish, correct, withdraw and restore articles, import many. */
    articles,
    /** Set editors' lists, and decide about most-read. */
    lists
  }

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(?:[-._][a-z0-9]+)*");
  private static final Pattern IDS = Pattern.compile("[A-Za-z0-9._:~-]{0,100}");
  private static final int MAX_NAME = 60;

  /**
   * A key as it is made or read.
   *
   * @throws IllegalArgumentException saying what cannot be
   */
  public AccessKey {
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a key's name must be lower-case letters and digits, joined by single dashes, at most "
              + MAX_NAME);
    }
    if (rights.isEmpty()) {
      throw new IllegalArgumentException("a key without a right opens nothing");
    }
    if (!IDS.matcher(ids).matches()) {
      throw new IllegalArgumentException(
          "ids must be how article ids begin, at most 100 characters");
    }
    rights = Set.copyOf(rights);
  }

  /** Whether this may be the secret; takes as long for a wrong one as for the right one. */
  boolean isSecret(String secret) {
    return MessageDigest.isEqual(ascii(Refusals.sha256(ascii(secret))), ascii(sha256));
  }

  /** Whether articles of this id may be sent with it. */
  public boolean covers(String articleId) {
    return articleId.startsWith(ids);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** For people: nothing that helps to make the secret. */
  @Override
  public String toString() {
    return id + " " + name + " " + new TreeSet<>(rights);
  }
}
