package dev.newsfeed.producer.formats;

import static dev.newsfeed.producer.TestKafka.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is sent becomes an article that keeps the rules, or a problem that says what is wrong. */
class ArticleJsonFuzzTest {

  private static final long SEED = 20_261_128;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] TEXTS = {
    "",
    " ",
    "a",
    "2026-11-23T09:30:00Z",
    "+999999999-12-31T23:59:59-18:00",
    "-1",
    "1e999",
    "NaN",
    "https://news.example/a",
    "javascript:alert(1)",
    "//evil.example",
    "/p",
    "http://[::1",
    "%",
    "\u0000",
    "\uD800",
    "\uDC00\uD800",
    "\u202E",
    "\u2067",
    "\uFFFF",
    "canceled",
    "usable",
    "withheld",
    "<p>a</p>",
    "<svg/onload=alert(1)>",
    "&#x202e;&#0;&#xD800;",
    "<a href='https://a@b/'>",
    "x".repeat(600)
  };

  private int articles;
  private int refused;
  private int malformed;

  @Test
  void bytesOfAnyKindNeverFailOtherwise() {
    Random random = new Random(SEED);
    byte[] good = ArticleJsonTest.EVERY_FIELD.getBytes(UTF_8);
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = good.clone();
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        bytes = mutated(bytes, random);
      }
      take(bytes, "seed " + SEED + " run " + run);
    }
    assertThat(List.of(articles, refused, malformed)).allMatch(count -> count > 500);
  }

  @Test
  void jsonOfAnyShapeNeverFailsOtherwise() throws Exception {
    Random random = new Random(SEED);
    JsonNode good = JSON.readTree(ArticleJsonTest.EVERY_FIELD);
    for (int run = 0; run < 20_000; run++) {
      JsonNode json = good.deepCopy();
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        change(json, random);
      }
      take(JSON.writeValueAsBytes(json), "seed " + SEED + " run " + run);
    }
    assertThat(List.of(articles, refused)).allMatch(count -> count > 500);
  }

  private void take(byte[] bytes, String as) {
    JsonNode json = parsed(bytes, as);
    if (json == null) {
      malformed++;
      return;
    }
    take(as, () -> ArticleJson.read(json, "a1", NOW));
    take(as, () -> ArticleJson.readCorrection(json, "a1", NOW));
    take(as, () -> ArticleJson.readRestoration(json, "a1", NOW));
    take(as, () -> ArticleJson.readWithdrawal(json, "a1", NOW));
  }

  private static @Nullable JsonNode parsed(byte[] bytes, String as) {
    try {
      return Json.read(bytes);
    } catch (Json.Malformed e) {
      assertThat(e.getMessage()).as(as).isNotBlank();
      return null;
    }
  }

  private interface Read {
    Article article();
  }

  private void take(String as, Read read) {
    try {
      Article article = read.article();
      assertThat(ArticleRules.problems(article)).as(as).isEmpty();
      articles++;
    } catch (InvalidEventException e) {
      assertThat(e.problems()).as(as).isNotEmpty().allSatisfy(ArticleJsonFuzzTest::isTold);
      refused++;
    } catch (RuntimeException e) {
      fail(as, e);
    }
  }

  private static void isTold(Problem problem) {
    assertThat(problem.reason()).isNotBlank();
    assertThat(problem.detail()).isNotBlank();
    boolean whole = problem.detail().equals("the body must be one JSON object");
    assertThat(problem.field().isEmpty() && !problem.reason().equals("unknown-field"))
        .isEqualTo(whole);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    byte[] mutated = bytes.clone();
    switch (random.nextInt(6)) {
      case 0 -> mutated[at] = (byte) random.nextInt();
      case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> mutated = Arrays.copyOf(bytes, at);
      case 3 -> {
        byte[] token = "{}[],:\"0-9enull".getBytes(UTF_8);
        mutated[at] = token[random.nextInt(token.length)];
      }
      case 4 -> {
        int length = Math.min(1 + random.nextInt(20), bytes.length - at);
        int from = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes, from, mutated, at, length);
      }
      default -> {
        String text = new String(bytes, UTF_8);
        int cut = Math.min(at, text.length());
        String put = TEXTS[random.nextInt(TEXTS.length)];
        mutated = (text.substring(0, cut) + put + text.substring(cut)).getBytes(UTF_8);
      }
    }
    return mutated;
  }

  /** Puts another value in place of one, takes one away, or adds one. */
  private static void change(JsonNode json, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(json, containers);
    JsonNode container = containers.get(random.nextInt(containers.size()));
    if (container instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.isEmpty() || random.nextInt(10) == 0
          ? TEXTS[random.nextInt(TEXTS.length)]
          : names.get(random.nextInt(names.size()));
      if (random.nextInt(5) == 0) {
        object.remove(name);
      } else {
        object.set(name, value(random, 3));
      }
    } else if (container instanceof ArrayNode array) {
      array.add(value(random, 3));
    }
  }

  private static void collect(JsonNode json, List<JsonNode> containers) {
    if (json.isContainerNode()) {
      containers.add(json);
      json.forEach(child -> collect(child, containers));
    }
  }

  private static JsonNode value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> JSON.getNodeFactory().nullNode();
      case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
      case 2 -> JSON.getNodeFactory().numberNode(random.nextLong());
      case 3 -> JSON.getNodeFactory().numberNode(random.nextDouble() * 1e30);
      case 4 -> JSON.getNodeFactory().textNode(TEXTS[random.nextInt(TEXTS.length)]);
      case 5 -> {
        ArrayNode array = JSON.createArrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = JSON.createObjectNode();
        String[] names = {"slug", "title", "url", "text", "at", "reason", "source", "width"};
        for (int i = random.nextInt(4); i > 0; i--) {
          object.set(names[random.nextInt(names.length)], value(random, depth - 1));
        }
        yield object;
      }
    };
  }
}
