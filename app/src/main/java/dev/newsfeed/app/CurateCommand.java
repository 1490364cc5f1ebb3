package dev.newsfeed.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets an editor's list through the intake, as an editor's tool does. */
@Command(
    name = "curate",
    description = {
      "Sets an editor's list: the whole of it, in this order.",
      "",
      "  newsfeed curate top-stories flood-2026-11 rates-2026-11",
      "  newsfeed curate in-other-media --file list.json",
      "  newsfeed curate top-stories --delete",
      ""
    })
final class CurateCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Shell shell;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Its feed is then curated/NAME: top-stories, in-other-media …")
  private String name = "";

  @Parameters(index = "1..*", paramLabel = "ID", description = "Articles, the first one on top.")
  private List<String> articleIds = List.of();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = {
        "The list as JSON, which may have links to other media; - reads the input:",
        "{\"entries\": [{\"articleId\": ID}, {\"link\": {\"title\", \"url\", \"source\"}}]}"
      })
  private @Nullable String file;

  @Option(names = "--title", paramLabel = "TEXT", description = "Default: NAME in words.")
  private @Nullable String title;

  @Option(names = "--by", paramLabel = "NAME", description = "Who decided; default: you.")
  private @Nullable String by;

  @Option(names = "--delete", description = "Takes the list away.")
  private boolean delete;

  CurateCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    int ways = (articleIds.isEmpty() ? 0 : 1) + (file == null ? 0 : 1) + (delete ? 1 : 0);
    if (ways != 1) {
      throw new BadSettingException(
          "say what becomes of " + name + ": article ids, --file or --delete");
    }
    IntakeClient intake = IntakeClient.of(NewsfeedSettings.from(shell.environment()));
    if (delete) {
      return told(intake.removeList(name), "is gone");
    }
    ObjectNode list = list();
    int entries = list.path("entries").size();
    return told(
        intake.curate(name, list), "has " + entries + (entries == 1 ? " entry" : " entries"));
  }

  private int told(IntakeClient.Answer answer, String what) {
    if (!answer.accepted()) {
      shell.err().println("refused " + name + ": " + answer.problem());
      return 1;
    }
    shell.out().println(answer.body().path("feedId").asText() + " " + what);
    return 0;
  }

  private ObjectNode list() throws IOException {
    ObjectNode list = file == null ? JSON.createObjectNode() : read(file);
    if (file == null) {
      ArrayNode entries = list.putArray("entries");
      articleIds.forEach(id -> entries.addObject().put("articleId", id));
    }
    if (title != null) {
      list.put("title", title);
    }
    if (by != null || !list.has("by")) {
      list.put("by", by == null ? user() : by);
    }
    return list;
  }

  private ObjectNode read(String from) throws IOException {
    if (!from.equals("-") && !Files.isReadable(Path.of(from))) {
      throw new BadSettingException(from + " cannot be read");
    }
    try (InputStream in = from.equals("-") ? shell.in() : Files.newInputStream(Path.of(from))) {
      if (JSON.readTree(in) instanceof ObjectNode list) {
        return list;
      }
      throw new BadSettingException(from + " must hold one JSON object");
    } catch (JsonProcessingException e) {
      throw new BadSettingException(from + " is not JSON: " + e.getOriginalMessage() + ", line "
          + e.getLocation().getLineNr());
    }
  }

  private String user() {
    return shell.environment().getOrDefault("USER", "newsfeed curate");
  }
}
