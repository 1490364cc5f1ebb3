package dev.newsfeed.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

  DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    shell.out().println("newsfeed demo");
    NewsfeedSettings settings = options.settings(shell.environment(), DEFAULTS);
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
}
