package dev.newsfeed.producer.intake;

import dev.newsfeed.producer.http.Call;
import dev.newsfeed.producer.http.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request says must be so before an article is touched (RFC 9110). A version is its own tag:
 *
 * <pre>
 * If-Match: "3"          version 3 is the current one
 * If-Match: "3", "4"     one of them is
 * If-Match: *            there is an article of this id
 * If-None-Match: *       there is none
 * </pre>
 */
sealed interface Condition {

  Condition NONE = new None();

  String IF_MATCH = "If-Match";
  String IF_NONE_MATCH = "If-None-Match";

  /**
   * Holds the condition against what is known.
   *
   * @param current the current version; null: there is no such article
   */
  void require(@Nullable Long current) throws Refusal;

  /** What a call says. */
  static Condition of(Call call) throws Refusal {
    String match = call.header(IF_MATCH).strip();
    String noneMatch = call.header(IF_NONE_MATCH).strip();
    if (!match.isEmpty() && !noneMatch.isEmpty()) {
      throw Refusal.badCondition(IF_MATCH, "If-Match and If-None-Match cannot both be");
    }
    if (!noneMatch.isEmpty()) {
      if (!noneMatch.equals("*")) {
        throw Refusal.badCondition(IF_NONE_MATCH, "If-None-Match must be *");
      }
      return new Absent();
    }
    if (match.isEmpty()) {
      return NONE;
    }
    return match.equals("*") ? new Present() : OneOf.parse(match);
  }

  /** Nothing was said. */
  record None() implements Condition {
    @Override
    public void require(@Nullable Long current) {
      // whatever is known will do
    }
  }

  /** There must be none. */
  record Absent() implements Condition {
    @Override
    public void require(@Nullable Long current) throws Refusal {
      if (current != null) {
        throw Refusal.otherVersion(
            IF_NONE_MATCH, "there is version " + current + " already", String.valueOf(current));
      }
    }
  }

  /** There must be one. */
  record Present() implements Condition {
    @Override
    public void require(@Nullable Long current) throws Refusal {
      if (current == null) {
        throw Refusal.otherVersion(IF_MATCH, "there is no article of this id", null);
      }
    }
  }

  /** It must be one of these. */
  record OneOf(List<Long> versions) implements Condition {

    private static final Pattern TAG = Pattern.compile("\"[0-9]{1,18}\"");

    private static OneOf parse(String match) throws Refusal {
      List<String> tags = Arrays.stream(match.split(",", -1)).map(String::strip).toList();
      if (!tags.stream().allMatch(tag -> TAG.matcher(tag).matches())) {
        throw Refusal.badCondition(
            IF_MATCH, "If-Match must be * or versions in quotes, joined by commas: \"3\"");
      }
      return new OneOf(tags.stream()
          .map(t -> Long.valueOf(t.substring(1, t.length() - 1)))
          .toList());
    }

    @Override
    public void require(@Nullable Long current) throws Refusal {
      if (current == null) {
        throw Refusal.otherVersion(IF_MATCH, "there is no article of this id", null);
      }
      if (!versions.contains(current)) {
        throw Refusal.otherVersion(
            IF_MATCH, "version " + current + " is the current one", String.valueOf(current));
      }
    }
  }
}
