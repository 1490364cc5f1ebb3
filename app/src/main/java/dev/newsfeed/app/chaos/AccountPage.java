package dev.newsfeed.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The books as a page, in the dress of the site's own. It needs no script and no gateway: it loads
 * itself anew, and what it looks like it brings along.
 */
final class AccountPage {

  private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final String SITE_STYLE = "/dev/newsfeed/gateway/page/style.css";
  private static final String OWN_STYLE = """
      .account { max-width: 46rem; margin: 2.5rem auto 4rem; }
      .account h1 { margin: 0.3rem 0 0.75rem; font-size: clamp(1.8rem, 4vw, 2.5rem); line-height: 1.15; }
      .account h2 { margin: 2.25rem 0 0.5rem; font: 700 1.25rem/1.3 var(--sans); letter-spacing: -0.01em; }
      .verdict { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); margin: 1.5rem 0 0; background: var(--raised); }
      .verdict div { padding: 0.9rem 1.1rem; }
      .verdict dt { color: var(--soft); font-size: 0.875rem; }
      .verdict dd { margin: 0; font: 700 2.25rem/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
      .verdict .none dd { color: var(--up); }
      .verdict .none { padding: 0.9rem 1.1rem; }
      .verdict .some dd { color: var(--accent); }
      .account table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
      .account th, .account td { padding: 0.55rem 0.5rem 0.55rem 0; border-bottom: 1px solid var(--line); text-align: start; font-weight: 400; }
      .account td.number { text-align: end; font-weight: 600; white-space: nowrap; }
      .account td.soft { color: var(--soft); }
      .account .down td, .account p a { color: var(--accent); }
      .blows li { padding: 0.45rem 0; border-bottom: 1px solid var(--line); font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
      """;

  private final ZoneId zone;

  /** Times are those of {@code zone}. */
  AccountPage(ZoneId zone) {
    this.zone = zone;
  }

  /** How it looks. */
  static byte[] style() {
    try (InputStream in = AccountPage.class.getResourceAsStream(SITE_STYLE)) {
      if (in == null) {
        throw new IllegalStateException(SITE_STYLE + " is not in this program");
      }
      return (new String(in.readAllBytes(), UTF_8) + OWN_STYLE).getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String html(Standing now) {
    Balance b = now.balance();
    StringBuilder html = new StringBuilder();
    html.append("""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <meta http-equiv="refresh" content="2">
        <title>%1$s | %2$s</title>
        <link rel="stylesheet" href="/demo.css">
        </head>
        <body>
        <header class="masthead"><a class="nameplate" href="/">%2$s</a></header>
        <main class="account">
        <p class="byline">As of %3$s, read from the topics; this page loads itself anew</p>
        <h1>%1$s</h1>
        <p class="standfirst">Every half minute or so one of these processes is killed. Whatever the intake had confirmed must still come out, once.</p>
        """.formatted(
            b.closes() ? "Nothing is lost" : "The books do not close",
            escaped(now.newsroom()),
            TO_THE_SECOND.format(b.at().atZone(zone))));
    html.append("<dl class=\"verdict\">");
    verdict(html, b.lost() == 0 ? "none" : "some", "Lost", b.lost());
    verdict(html, b.twice() == 0 ? "none" : "some", "Twice", b.twice());
    verdict(html, "", "Under way", b.underWay());
    html.append("</dl>\n<h2>The books</h2>\n<table>\n");
    row(
        html,
        "Articles accepted by the intake",
        b.accepted(),
        "versions, confirmed to the newsroom");
    row(html, "… published", b.published(), "the public sees this version or a later one");
    row(html, "… in the feeds", b.inFeeds(), "in all news, where it belongs");
    row(html, "Clicks sent", b.sent(), "taken by the intake");
    row(html, "… on the topic", b.written(), again(b.sentAgain()));
    row(
        html,
        "… counted",
        b.counted(),
        "of " + number(b.onTopic()) + " records: reads, repeats, robots");
    html.append("</table>\n<h2>What happened</h2>\n<ol class=\"blows\" role=\"list\">\n");
    now.told().forEach(line -> html.append("<li>").append(escaped(line)).append("</li>\n"));
    if (now.told().isEmpty()) {
      html.append("<li>Nothing yet</li>\n");
    }
    html.append("</ol>\n<h2>The processes</h2>\n<table>\n");
    for (Standing.Role role : now.roles()) {
      html.append("<tr%s><td>%s</td><td>%s</td><td class=\"number\">%s</td></tr>\n"
          .formatted(
              role.state().equals("up") ? "" : " class=\"down\"",
              escaped(role.name()),
              escaped(role.state()),
              switch (role.blows()) {
                case 0 -> "not killed yet";
                case 1 -> "killed once";
                default -> "killed " + role.blows() + " times";
              }));
    }
    html.append("</table>\n<h2>Again</h2>\n<p><code>newsfeed demo --chaos --seed ")
        .append(now.seed())
        .append("</code> deals the same blows. <a href=\"/demo.json\">The books as JSON</a></p>\n")
        .append("</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private static String again(long clicks) {
    return clicks == 0
        ? "each under an id of its own"
        : number(clicks) + " sent again, because a kill could have lost them";
  }

  private static void verdict(StringBuilder html, String style, String what, long number) {
    html.append(
        "<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>".formatted(style, what, number(number)));
  }

  private static void row(StringBuilder html, String what, long number, String note) {
    html.append("<tr><td>%s</td><td class=\"number\">%s</td><td class=\"soft\">%s</td></tr>\n"
        .formatted(what, number(number), note));
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
