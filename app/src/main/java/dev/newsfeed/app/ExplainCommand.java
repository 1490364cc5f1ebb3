package dev.newsfeed.app;

import dev.newsfeed.app.explain.ArticleScan;
import dev.newsfeed.app.explain.Explanation;
import dev.newsfeed.app.explain.MostReadExplanation;
import dev.newsfeed.app.explain.MostReadScan;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.mostread.Edition;
import dev.newsfeed.streams.publication.Publication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why things are as they are. */
@Command(
    name = "explain",
    description = "Says why something is, or is not, where one looks for it.")
final class ExplainCommand {

  private final Shell shell;

  ExplainCommand(Shell shell) {
    this.shell = shell;
  }

  @Command(
      name = "article",
      description =
          "Prints what became of an article's versions, what the public sees of it now, the"
              + " feeds it is in and why, and what was refused. Reads the topics at"
              + " KAFKA_BOOTSTRAP_SERVERS and changes nothing.")
  int article(
      @Parameters(paramLabel = "ID", description = "The article's id.") String articleId,
      @Option(names = "--json", description = "As one JSON document.") boolean json) {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    requireArticleId(articleId);
    Explanation explained = new ArticleScan(
            settings.kafka(),
            settings.topics(),
            Jobs.applicationId(
                new Publication(settings.topics(), settings.clock()), settings.topics()),
            line -> shell.err().println(line))
        .explain(articleId, shell.clock().instant(), settings.zone());
    return print(
        json ? explained.json().toPrettyString() + '\n' : explained.text(), explained.known());
  }

  @Command(
      name = "most-read",
      description =
          "Prints for each most-read list why an article is, or is not, in it, what it would need,"
              + " and which clicks on it were not counted. Counts its clicks again from the topics"
              + " at KAFKA_BOOTSTRAP_SERVERS and changes nothing.")
  int mostRead(
      @Parameters(paramLabel = "ID", description = "The article's id.") String articleId,
      @Option(names = "--json", description = "As one JSON document.") boolean json,
      @Option(
              names = "--edition",
              paramLabel = "NAME",
              defaultValue = "",
              description = "The lists of this one of NEWSFEED_EDITIONS.")
          String edition) {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    requireArticleId(articleId);
    MostReadExplanation explained = new MostReadScan(
            settings.kafka(),
            settings.topics(),
            settings.reads(),
            settings.lists(),
            settings.clock(),
            line -> shell.err().println(line))
        .explain(
            articleId,
            edition(settings, edition),
            settings.clock().at(shell.clock().instant()));
    return print(
        json ? explained.json().toPrettyString() + '\n' : explained.text(), explained.known());
  }

  private static void requireArticleId(String articleId) {
    if (!ArticleRules.isArticleId(articleId)) {
      throw new BadSettingException(
          "an article id has 1 to 200 characters of A-Z a-z 0-9 . _ : ~ -");
    }
  }

  private static Edition edition(NewsfeedSettings settings, String name) {
    if (name.isEmpty()) {
      return Edition.own(settings.calendar());
    }
    return settings.lists().editions().stream()
        .filter(edition -> edition.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new BadSettingException(NewsfeedSettings.EDITIONS + " has no edition " + name));
  }

  private int print(String explanation, boolean isKnown) {
    shell.out().print(explanation);
    return isKnown ? 0 : 1;
  }
}
