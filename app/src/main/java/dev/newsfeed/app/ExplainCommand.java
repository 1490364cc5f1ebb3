package dev.newsfeed.app;

import dev.newsfeed.app.explain.ArticleScan;
import dev.newsfeed.app.explain.Explanation;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.streams.Jobs;
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
    if (!ArticleRules.isArticleId(articleId)) {
      throw new BadSettingException(
          "an article id has 1 to 200 characters of A-Z a-z 0-9 . _ : ~ -");
    }
    Explanation explained = new ArticleScan(
            settings.kafka(),
            settings.topics(),
            Jobs.applicationId(
                new Publication(settings.topics(), settings.clock()), settings.topics()),
            line -> shell.err().println(line))
        .explain(articleId, shell.clock().instant(), settings.zone());
    if (json) {
      shell.out().println(explained.json().toPrettyString());
    } else {
      shell.out().print(explained.text());
    }
    return explained.known() ? 0 : 1;
  }
}
