package dev.newsfeed.producer.clicks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over the real agents in {@code agents.tsv}. */
class AgentsTest {

  /** Of the agents called bots, how many are. A reader refused is the dearer error. Measured: 0.994. */
  private static final double PRECISION = 0.99;

  /** Of the bots, how many are known. Measured: 0.931; by the short expression alone: 0.819. */
  private static final double RECALL = 0.925;

  private static final List<String[]> REAL = realAgents();

  private final Agents agents = new Agents();

  @Test
  void crawlersAreKnownAndReadersAreNotTakenForThem() {
    List<String> bots = of("bot");
    List<String> readers = of("reader");
    assertThat(bots).hasSizeGreaterThan(300);
    assertThat(readers).hasSizeGreaterThan(250);

    List<String> missed = bots.stream().filter(a -> !agents.isBot(a)).toList();
    List<String> refused = readers.stream().filter(agents::isBot).toList();

    double found = bots.size() - missed.size();
    assertThat(found / (found + refused.size()))
        .as("precision; readers refused: %s", refused)
        .isGreaterThanOrEqualTo(PRECISION);
    assertThat(found / bots.size())
        .as("recall; bots missed: %s", missed)
        .isGreaterThanOrEqualTo(RECALL);
  }

  /** Newsrooms and apps post clicks with them; RATIONALE.md says why that is no suspicion. */
  @Test
  void plainHttpClientsAreNoBots() {
    assertThat(of("client")).hasSizeGreaterThan(25).noneMatch(agents::isBot);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void whoDoesNotSayWhatItIsIsABot(String userAgent) {
    assertThat(agents.isBot(userAgent)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "bot",
        "cubot",
        "Current",
        "Spider",
        "ContextualBot",
        "/",
        "Owler (",
        " ",
        "(((("
      })
  void hostileAgentCostsLittle(String repeated) {
    String hostile = repeated.repeat(65_536 / repeated.length());

    assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
      for (int i = 0; i < 200; i++) {
        agents.isBot(i + hostile); // another one each time: nothing is remembered of it
      }
    });
  }

  @Test
  void onlySoManyAgentsAreRemembered() {
    for (int i = 0; i < Agents.REMEMBERED * 2; i++) {
      agents.isBot("Mozilla/5.0 App/" + i);
    }

    assertThat(agents.remembered()).isEqualTo(Agents.REMEMBERED);
  }

  @Test
  void agentsThatDifferBehindWhatIsLookedAtAreRememberedAsOne() {
    String long1 = "x".repeat(Agents.LOOKED_AT_CHARS);

    agents.isBot(long1 + "a");
    agents.isBot(long1 + "b");

    assertThat(agents.remembered()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\d", "[wW]get", "^curl", "a.b", "(x|y)", "Optimizer\\)+", "\\"})
  void patternThatIsMoreThanAWordStaysAPattern(String pattern) {
    assertThat(CrawlerList.asWord(pattern)).isNull();
  }

  @Test
  void escapedMarksArePartOfTheWord() {
    assertThat(CrawlerList.asWord("top100\\.rambler\\.ru crawler\\/"))
        .isEqualTo("top100.rambler.ru crawler/");
  }

  private static List<String> of(String kind) {
    return REAL.stream().filter(a -> a[0].equals(kind)).map(a -> a[1]).toList();
  }

  private static List<String[]> realAgents() {
    List<String[]> agents = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        Objects.requireNonNull(AgentsTest.class.getResourceAsStream("agents.tsv")),
        StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          agents.add(line.split("\t", 2));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return agents;
  }
}
