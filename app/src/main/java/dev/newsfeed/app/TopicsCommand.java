package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicAdmin.Difference;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Everything about the topics themselves. */
@Command(
    name = "topics",
    description =
        "Shows the catalogue of topics, makes a cluster follow it, prints what is on them.")
final class TopicsCommand {

  private final Shell shell;

  TopicsCommand(Shell shell) {
    this.shell = shell;
  }

  @Command(name = "list", description = "Prints the catalogue.")
  int list(
      @Option(names = "--markdown", description = "As a table for documentation.")
          boolean markdown) {
    TopicTable table = new TopicTable(settings().topics());
    shell.out().print(markdown ? table.markdown() : table.text());
    return 0;
  }

  @Command(
      name = "apply",
      description = "Creates the topics that are missing and sets what is set otherwise. Never"
          + " deletes one, never changes a number of partitions.")
  int apply(
      @Option(names = "--dry-run", description = "Only says what it would do.") boolean dryRun) {
    NewsfeedSettings settings = settings();
    return apply(settings.kafka(), settings.topics(), dryRun);
  }

  @Command(name = "tail", description = "Prints the records of a topic, one line of JSON for each.")
  int tail(
      @Parameters(paramLabel = "NAME", description = "With or without the prefix: feeds")
          String name,
      @Option(names = "--from-beginning", description = "All that is there, then what comes.")
          boolean fromBeginning,
      @Option(
              names = "--max",
              paramLabel = "N",
              defaultValue = "0",
              description = "Ends after N records.")
          long max) {
    NewsfeedSettings settings = settings();
    Topic<?> topic = named(settings.topics(), name);
    new TopicTail(settings.kafka())
        .read(topic, fromBeginning, max, line -> shell.out().println(line));
    return 0;
  }

  private int apply(KafkaSettings kafka, Topics topics, boolean dryRun) {
    List<Difference> differences;
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      differences = dryRun ? admin.differences(topics.all()) : admin.apply(topics.all());
    }
    if (differences.isEmpty()) {
      shell.out().println("all " + topics.all().size() + " topics are as the catalogue says");
    }
    for (Difference difference : differences) {
      String remedy = !difference.curable()
          ? "only a new topic can change that"
          : dryRun ? "would be put right" : "put right";
      shell.out().println(difference + " - " + remedy);
    }
    return differences.stream().allMatch(Difference::curable) ? 0 : 1;
  }

  private static Topic<?> named(Topics topics, String name) {
    return topics.all().stream()
        .filter(topic -> topic.name().equals(name) || topic.shortName().equals(name))
        .findFirst()
        .orElseThrow(() -> new BadSettingException("there is no topic " + name + ", there are "
            + topics.all().stream().map(Topic::shortName).collect(Collectors.joining(", "))));
  }

  private NewsfeedSettings settings() {
    return NewsfeedSettings.from(shell.environment());
  }
}
