package dev.newsfeed.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything in one process, with sample news and simulated readers. */
@Command(
    name = "demo",
    description = "Runs a broker and every role in one process, with sample news and simulated"
        + " readers. Nothing is kept, unless --data says where.")
final class DemoCommand implements Callable<Integer> {

  private static final Map<String, String> DEFAULTS = Map.of(
      NewsfeedSettings.TITLE,
      "Newsfeed Demo",
      NewsfeedSettings.SECTIONS,
      String.join(",", DemoNews.sections()));

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  @Option(
      names = "--news",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Imports these files of news, too: ninjs, RSS, Atom, JSON Feed, AG news (CSV).")
  private List<Path> news = List.of();

  @Option(
      names = "--chaos",
      description =
          "Runs every role in a process of its own, kills one after the other and starts it"
              + " again, and shows at /demo what became of every article and click.")
  private boolean chaos;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "With --chaos: deals the blows of an earlier run again.")
  private @Nullable Long seed;

  @Option(
      names = "--blows",
      paramLabel = "N",
      description =
          "With --chaos: ends after so many, with status 0 if nothing was lost or came" + " twice.")
  private int blows;

  DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), DEFAULTS);
    if (chaos) {
      return callWithChaos(settings);
    }
    if (seed != null || blows != 0) {
      throw new BadSettingException("--seed and --blows are for --chaos");
    }
    shell.out().println("newsfeed demo");
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          try (DataDirectory data = DataDirectory.of(settings.data());
              AllInOne all = AllInOne.start(
                  settings,
                  data.path(),
                  shell.clock(),
                  DemoNews.PHOTOS,
                  line -> shell.out().println("  " + line));
              Demo demo = new Demo(all, data, shell)) {
            demo.begin(news);
            return lifetime.awaitStop(all::failure);
          }
        },
        shell);
  }

  private int callWithChaos(NewsfeedSettings settings) throws InterruptedException {
    if (settings.data() != null) {
      throw new BadSettingException("--data, " + NewsfeedSettings.DATA
          + ": with --chaos nothing is kept, because its books begin with empty topics");
    }
    if (blows < 0) {
      throw new BadSettingException("--blows must be at least 1, is " + blows);
    }
    AllInOne.requirePorts(settings);
    shell.out().println("newsfeed demo --chaos");
    long dealt = seed == null ? new Random().nextInt(1_000_000) : seed;
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          try (DataDirectory data = DataDirectory.of(null);
              ChaosDemo demo = ChaosDemo.start(
                  settings,
                  options.variables(shell.environment(), DEFAULTS),
                  shell,
                  lifetime,
                  data.path(),
                  dealt)) {
            demo.begin(news);
            return demo.strike(blows);
          }
        },
        shell);
  }
}
