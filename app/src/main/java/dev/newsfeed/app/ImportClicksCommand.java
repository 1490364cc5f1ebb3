package dev.newsfeed.app;

import dev.newsfeed.producer.clicks.AccessLog;
import dev.newsfeed.producer.clicks.ClickSender;
import dev.newsfeed.producer.clicks.PublishedPages;
import dev.newsfeed.schemas.ArticleRules;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends the clicks that a web server has logged straight to Kafka. */
@Command(
    name = "import-clicks",
    description = "Sends the clicks in access logs of Apache or nginx (combined format, plain or"
        + " gzipped) straight to Kafka, at KAFKA_BOOTSTRAP_SERVERS. A log that is imported again"
        + " counts nothing twice. NEWSFEED_VISITOR_SECRET and NEWSFEED_ZONE must be those of the"
        + " intake.")
final class ImportClicksCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Access logs; - reads the input.")
  private List<String> files = List.of();

  @Option(
      names = "--site",
      paramLabel = "URL",
      description = "Whose log it is, as https://news.example. Default: that of any site with a"
          + " published article; needed where two sites have an article at one path, and to tell"
          + " readers apart as the intake does where the log alone does not say the site.")
  private @Nullable String site;

  @Option(
      names = "--article-pattern",
      paramLabel = "REGEX",
      description = "What an article's path looks like, its id in the first group, as"
          + " '/story/([^/]+)'. Default: the addresses of what is published.")
  private @Nullable String pattern;

  @Option(names = "--dry-run", description = "Only says what it would do.")
  private boolean dryRun;

  ImportClicksCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    for (String file : files) {
      if (!file.equals("-") && !Files.isReadable(Path.of(file))) {
        throw new BadSettingException(file + " cannot be read");
      }
    }
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    byte[] secret = VisitorSecret.known(
        settings.visitorSecret(),
        Objects.requireNonNullElse(
            settings.data(),
            Path.of(Objects.requireNonNull(UpCommand.DEFAULTS.get(NewsfeedSettings.DATA)))));
    AccessLog.Pages pages = pages(settings);
    try (ClickSender sender = ClickSender.patient(settings.kafka(), settings.topics())) {
      ClickImport run = new ClickImport(
          click -> dryRun ? CompletableFuture.completedFuture(null) : sender.send(click),
          shell.out()::println);
      for (String file : files) {
        try (InputStream in = file.equals("-") ? shell.in() : Files.newInputStream(Path.of(file))) {
          run.add(
              file.equals("-") ? "input" : String.valueOf(Path.of(file).getFileName()),
              new AccessLog(
                  in, pages, secret, settings.zone(), settings.staff(), settings.monitors()));
        }
      }
      run.summary(dryRun ? "found, none sent" : "sent").forEach(shell.out()::println);
      tellIfTooOld(run, settings);
      return run.isReadable() ? 0 : 1;
    }
  }

  private AccessLog.Pages pages(NewsfeedSettings settings) {
    if (pattern != null) {
      return byPattern(pattern, site());
    }
    PublishedPages pages = PublishedScan.pages(settings.kafka(), settings.topics(), site());
    shell.out().println("%,d articles are known".formatted(pages.articles()));
    return pages;
  }

  private @Nullable URI site() {
    try {
      URI uri = site == null ? null : new URI(site);
      if (uri == null || uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new BadSettingException("--site must be an address such as https://news.example");
    }
    throw new BadSettingException("--site must be an address such as https://news.example");
  }

  private static AccessLog.Pages byPattern(String regex, @Nullable URI site) {
    Pattern path;
    try {
      path = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new BadSettingException("--article-pattern: " + e.getDescription());
    }
    if (path.matcher("").groupCount() < 1) {
      throw new BadSettingException(
          "--article-pattern must have the id in a group: /story/([^/]+)");
    }
    String host = site == null ? "" : site.getHost().toLowerCase(Locale.ROOT);
    return target -> {
      int query = target.indexOf('?');
      Matcher matcher = path.matcher(query < 0 ? target : target.substring(0, query));
      return matcher.matches() && ArticleRules.isArticleId(String.valueOf(matcher.group(1)))
          ? new AccessLog.Pages.One(matcher.group(1), host)
          : new AccessLog.Pages.None();
    };
  }

  /** What no list of today can show must not pass for counted. */
  private void tellIfTooOld(ClickImport run, NewsfeedSettings settings) {
    Instant first = run.first();
    Instant now = settings.clock().at(shell.clock().instant());
    long keptMs = Long.parseLong(
        Objects.requireNonNull(settings.topics().clicks.configs().get("retention.ms")));
    if (first != null && first.isBefore(now.minusMillis(keptMs))) {
      shell
          .out()
          .println("clicks of before " + now.minusMillis(keptMs) + " are too late for the lists of"
              + " today; to see those of then, run the jobs of another topic prefix with "
              + NewsfeedSettings.CLOCK + "=" + run.last());
    }
  }
}
