package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's recipe is run line by line, and each line prints what the README says. */
class RecipeIT {

  private static final String BEGIN = "<!-- lifecycle -->\n```sh\n";
  private static final String END = "```\n<!-- /lifecycle -->";
  private static final String PRINTS = "# → ";
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(30);

  /**
   * A command of the recipe, over one line or more.
   *
   * @param prints lines of what it prints, in order, … standing for anything; empty: nothing is said
   */
  private record Step(String command, List<String> prints) {

    boolean sends() {
      return command.startsWith("curl -X ");
    }

    boolean reads() {
      return command.startsWith("curl ") && !sends();
    }

    Pattern expected() {
      return Pattern.compile(prints.stream()
          .map(line -> Arrays.stream(line.split("…", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining(".*")))
          .collect(Collectors.joining("\n")));
    }
  }

  @Test
  void everyLineOfTheRecipePrintsWhatTheReadmeSays(@TempDir Path data) throws Exception {
    List<Step> recipe = steps(recipe());
    assertThat(recipe).filteredOn(Step::sends).hasSize(5);
    assertThat(recipe).filteredOn(Step::reads).allMatch(step -> !step.prints().isEmpty());

    try (Shell shell = new Shell()) {
      assumeTrue(
          shell.run("curl --version && date -u -d '1 second' && echo here").endsWith("here\n"),
          "curl or GNU date is not here");
      try (NewsfeedProcess up = NewsfeedProcess.up(data)) {
        for (Step step : recipe) {
          follow(step, shell, up);
        }
      }
    }
  }

  private static void follow(Step step, Shell shell, NewsfeedProcess up) {
    String command = step.command()
        .replace("localhost:8081", up.intakeUrl().getAuthority())
        .replace("localhost:8080", up.gatewayUrl().getAuthority());
    if (step.reads()) {
      await()
          .atMost(SHOWN_WITHIN)
          .untilAsserted(
              () -> assertThat(shell.run(command)).as(command).containsPattern(step.expected()));
    } else {
      String printed = shell.run(command);
      assertThat(printed).as(command).containsPattern(step.expected());
      if (step.sends()) {
        assertThat(printed).as(command).contains("\"offset\":");
      }
    }
  }

  private static String recipe() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    assertThat(readme).contains(BEGIN, END);
    return readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
  }

  private static List<Step> steps(String recipe) {
    List<Step> steps = new ArrayList<>();
    for (String line : recipe.lines().toList()) {
      int last = steps.size() - 1;
      if (line.startsWith(PRINTS)) {
        steps.get(last).prints().add(line.substring(PRINTS.length()));
      } else if (line.startsWith("  ")) {
        steps.set(last, new Step(steps.get(last).command() + "\n" + line, new ArrayList<>()));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        steps.add(new Step(line, new ArrayList<>()));
      }
    }
    return steps;
  }

  /** A shell that is typed into: what one line sets the next one knows. */
  private static final class Shell implements AutoCloseable {
    private static final String DONE = "-- done";

    private final Process process;
    private final Writer keyboard;
    private final BufferedReader screen;

    Shell() throws IOException {
      process = new ProcessBuilder("sh")
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      keyboard = new OutputStreamWriter(process.getOutputStream(), UTF_8);
      screen = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /** What the command prints, each line ended. */
    String run(String command) {
      try {
        keyboard.write(command + "\necho; echo '" + DONE + "'\n"); // curl ends no line
        keyboard.flush();
        StringBuilder printed = new StringBuilder();
        for (String line = screen.readLine(); !DONE.equals(line); line = screen.readLine()) {
          if (line == null) {
            throw new IllegalStateException("the shell has ended at: " + command);
          }
          printed.append(line.isEmpty() ? "" : line + "\n");
        }
        return printed.toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
