package dev.newsfeed.producer;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a click is taken for no reader's. Crawlers, monitors and link-preview fetchers name themselves,
 * and a browser says when it loads a page that nobody has asked for yet. A plain HTTP client such as
 * curl is no suspect: that is how apps and newsrooms send clicks.
 */
final class Suspicion {

  static final String BOT = "bot";
  static final String PREFETCH = "prefetch";

  /** Cubot makes phones. */
  private static final Pattern BOTS = Pattern.compile("(?<!cu)bot(?:\\b|_)|crawl|spider|slurp"
      + "|headless|phantomjs|lighthouse|pagespeed|page speed"
      + "|facebookexternalhit|facebookcatalog|meta-external|whatsapp|embedly|skypeuripreview"
      + "|vkshare|outbrain|flipboardproxy|link ?preview|iframely"
      + "|pingdom|uptime|statuscake|site24x7|nagios|check_http|blackbox.exporter|zabbix|datadog"
      + "|newrelic|kube-probe|elb-healthchecker|googlehc|monitor"
      + "|feedfetcher|mediapartners-google|google-read-aloud|apis-google|archive\\.org"
      + "|scrapy|httrack|ia_archiver|semrush|ahrefs|dataprovider|yandex\\.com/bots");

  private Suspicion() {}

  /** {@link #BOT}, {@link #PREFETCH}, or null: a reader's. */
  static @Nullable String of(Call click) {
    String userAgent = click.header("User-Agent");
    if (userAgent.isBlank() || BOTS.matcher(userAgent.toLowerCase(Locale.ROOT)).find()) {
      return BOT;
    }
    return isAhead(click.header("Sec-Purpose"))
            || isAhead(click.header("Purpose"))
            || isAhead(click.header("X-Purpose"))
            || isAhead(click.header("X-Moz"))
        ? PREFETCH
        : null;
  }

  private static boolean isAhead(String purpose) {
    String lower = purpose.toLowerCase(Locale.ROOT);
    return lower.contains("prefetch") || lower.contains("prerender") || lower.contains("preview");
  }
}
