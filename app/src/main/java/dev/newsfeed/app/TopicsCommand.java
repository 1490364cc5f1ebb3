package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicAdmin.Difference;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Everything about the topics themselves. */
@Command(
    name = "topics",
    description =
        "Shows the catalogue of topics and who may do what with them, makes a cluster follow it, prints"
            + " what is on them.")
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

  @Command(
      name = "acls",
      description = {
        "Prints what each role may do on the brokers; of some roles, as arguments of kafka-acls, one"
            + " line for each thing.",
        "",
        "  newsfeed topics acls intake agencies --user intake",
        "  newsfeed topics acls intake agencies --user intake --apply",
        ""
      })
  int acls(
      @Parameters(paramLabel = "ROLE", arity = "0..*", description = "${COMPLETION-CANDIDATES}")
          List<Access.Role> roles,
      @Option(
              names = "--user",
              paramLabel = "NAME",
              description = "Under which the roles connect: its name in SASL/SCRAM.")
          @Nullable
          String user,
      @Option(
              names = "--apply",
              description = "Gives the user these rights, which needs those of a super user. Takes"
                  + " none away: says what the user may do beyond them, and ends with 1.")
          boolean apply,
      @Option(names = "--markdown", description = "As a table for documentation.")
          boolean markdown) {
    NewsfeedSettings settings = settings();
    Access access = new Access(settings.topics());
    if (roles == null || roles.isEmpty()) {
      shell.out().print(markdown ? access.markdown() : access.text());
      return 0;
    }
    if (user == null || !user.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new BadSettingException("--user must be at most 100 of A-Z a-z 0-9 . _ -");
    }
    KafkaPrincipal who = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user);
    List<Access.Grant> grants = access.of(roles, user);
    if (!apply) {
      grants.forEach(grant -> shell.out().println(grant.arguments(who)));
      return 0;
    }
    return give(
        settings.kafka(),
        who,
        grants.stream().flatMap(g -> g.bindings(who).stream()).toList());
  }

  private int give(KafkaSettings kafka, KafkaPrincipal who, List<AclBinding> wanted) {
    try (AclAdmin admin = new AclAdmin(kafka)) {
      Set<AclBinding> beyond = admin.give(who, wanted);
      shell.out().println(who + " has all " + wanted.size() + " rights of its roles");
      beyond.forEach(right -> shell.out().println("! and beyond them: " + right));
      return beyond.isEmpty() ? 0 : 1;
    }
  }

  private int apply(KafkaSettings kafka, Topics topics, boolean dryRun) {
    List<Difference> differences;
    List<String> risks;
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      differences = dryRun ? admin.differences(topics.all()) : admin.apply(topics.all());
      risks = admin.risks(topics.all());
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
    risks.forEach(risk -> shell.out().println("! " + risk));
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
