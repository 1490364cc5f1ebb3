package dev.newsfeed.gateway.archive;

import dev.newsfeed.schemas.ArticleRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * A place in what was found: after this article. It stays right whatever is published meanwhile,
 * because an article's score depends on nothing but itself and the query.
 *
 * @param score 0 where the order is newest first
 * @param asOf from when the age of articles counts in the score
 */
public record SearchPlace(float score, Instant asOf, Instant feedTime, String articleId) {

  /** As it stands in addresses; means nothing to others. */
  public String token() {
    String text = Integer.toHexString(Float.floatToIntBits(score)) + " " + asOf.toEpochMilli() + " "
        + feedTime.toEpochMilli() + " " + articleId;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a {@link #token}; empty when it is none. */
  public static Optional<SearchPlace> parse(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split(" ", -1);
      if (parts.length != 4 || !ArticleRules.isArticleId(parts[3])) {
        return Optional.empty();
      }
      float score = Float.intBitsToFloat(Integer.parseUnsignedInt(parts[0], 16));
      Instant asOf = Instant.ofEpochMilli(Long.parseLong(parts[1]));
      Instant feedTime = Instant.ofEpochMilli(Long.parseLong(parts[2]));
      return Float.isFinite(score)
          ? Optional.of(new SearchPlace(score, asOf, feedTime, parts[3]))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
