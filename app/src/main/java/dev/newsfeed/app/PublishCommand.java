package dev.newsfeed.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Publishes articles through the intake, as a CMS does. */
@Command(
    name = "publish",
    description = "Publishes articles from a file of JSON objects, each with an articleId.")
final class PublishCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Shell shell;

  @Parameters(paramLabel = "FILE", description = "One article after the other; - reads the input.")
  private String file = "-";

  PublishCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    IntakeClient intake = IntakeClient.of(NewsfeedSettings.from(shell.environment()));
    int refused = 0;
    try (InputStream in = file.equals("-") ? shell.in() : Files.newInputStream(Path.of(file));
        MappingIterator<JsonNode> articles = JSON.readerFor(JsonNode.class).readValues(in)) {
      while (articles.hasNextValue()) {
        if (!(articles.nextValue() instanceof ObjectNode article)) {
          throw new BadSettingException(file + " must hold JSON objects, one for each article");
        }
        refused += publish(intake, article) ? 0 : 1;
      }
    } catch (JsonProcessingException e) {
      throw new BadSettingException(file + " is not JSON: " + e.getOriginalMessage() + ", line "
          + e.getLocation().getLineNr());
    }
    return refused == 0 ? 0 : 1;
  }

  private boolean publish(IntakeClient intake, ObjectNode article) {
    String id = article.path("articleId").asText();
    if (id.isEmpty()) {
      shell.err().println("refused an article: articleId: is missing");
      return false;
    }
    IntakeClient.Answer answer = intake.publish(article);
    if (!answer.accepted()) {
      shell.err().println("refused " + id + ": " + answer.problem());
      return false;
    }
    shell
        .out()
        .println("published " + id + " version " + article.path("version").asLong());
    return true;
  }
}
