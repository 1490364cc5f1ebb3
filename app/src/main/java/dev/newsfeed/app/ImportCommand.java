package dev.newsfeed.app;

import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.files.RefusedItems;
import dev.newsfeed.producer.formats.NewsImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes files of news straight to Kafka. */
@Command(
    name = "import",
    description =
        "Publishes the items of ninjs, RSS, Atom, JSON Feed and AG news (CSV) files straight"
            + " to Kafka, at KAFKA_BOOTSTRAP_SERVERS. The same item has the same article id in every"
            + " import, and the same version until it bears a later date. What is no news is kept on the"
            + " topic rejected.")
final class ImportCommand implements Callable<Integer> {

  /** Between items without a date, so that feeds show them in the order of the file. */
  static final Duration GAP = Duration.ofSeconds(30);

  private final Shell shell;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of news.")
  private List<Path> files = List.of();

  @Option(
      names = "--version",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Of articles from CSV; from 2 on, items of feeds win over what was imported from"
              + " the same dates. A ninjs says its version itself.")
  private long version;

  ImportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (version < 1) {
      throw new BadSettingException("--version must be 1 or more, is " + version);
    }
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new BadSettingException(file + " cannot be read");
      }
    }
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    try (ArticlePublisher publisher = new ArticlePublisher(settings.kafka(), settings.topics());
        RefusedItems refusals =
            new RefusedItems(settings.kafka(), settings.topics(), shell.clock())) {
      FileImport run = new FileImport(
          publisher,
          refusals,
          new NewsImport(shell.clock().instant(), GAP, version),
          shell.out()::println);
      for (Path file : files) {
        run.add(file);
      }
      shell.out().println(run.published() + " articles published, " + run.refused() + " refused");
      return run.refused() == 0 ? 0 : 1;
    }
  }
}
