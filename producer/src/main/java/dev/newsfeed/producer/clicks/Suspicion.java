package dev.newsfeed.producer.clicks;

import dev.newsfeed.producer.http.Call;
import dev.newsfeed.schemas.Networks;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a click is taken for no reader's. The newsroom's own people and monitors are known by their
 * networks; crawlers, monitors of others and link previews name themselves; a browser says when it
 * loads a page that nobody has asked for yet. A click under suspicion is kept like any other and bears
 * the reason, so that a wrong rule loses nothing.
 *
 * <p>Suspect: an empty user agent and a browser without a window (headless), for no reader has either.
 * Not suspect: a plain HTTP client such as curl, for that is how apps and newsrooms send clicks.
 */
public final class Suspicion {

  static final String MONITOR = "monitor";
  static final String STAFF = "staff";
  static final String BOT = "bot";
  static final String PREFETCH = "prefetch";

  /**
   * What a browser says of a page that it loads ahead; each of the page's requests says so, its clicks
   * too. From {@code prerenderingchange} on, when the page is shown, they do not say it any more.
   *
   * <pre>
   * Sec-Purpose: prefetch;prerender    Chrome, Edge; prefetch alone: Firefox, too
   * Purpose: prefetch                  Chrome beside it, Safari; preview: Safari's top sites
   * X-Purpose: preview                 older Safari, Facebook's app
   * X-Moz: prefetch                    older Firefox
   * </pre>
   */
  private static final List<String> PURPOSES =
      List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

  private static final Set<String> AHEAD = Set.of("prefetch", "prerender", "preview");

  private final Networks staff;
  private final Networks monitors;
  private final Agents agents = new Agents();

  public Suspicion(Networks staff, Networks monitors) {
    this.staff = staff;
    this.monitors = monitors;
  }

  /** The reason, the surest one where there are several; null: a reader's. */
  @Nullable
  String of(Call click, @Nullable InetAddress address) {
    List<String> purposes = PURPOSES.stream()
        .flatMap(name -> click.headers().getValuesList(name).stream())
        .toList();
    return of(address, click.header("User-Agent"), purposes);
  }

  /**
   * The same for what is known of a request otherwise.
   *
   * @param purposes what the browser said of a page that it loads ahead
   */
  @Nullable
  String of(@Nullable InetAddress address, String userAgent, List<String> purposes) {
    if (monitors.contain(address)) {
      return MONITOR;
    }
    if (staff.contain(address)) {
      return STAFF;
    }
    if (agents.isBot(userAgent)) {
      return BOT;
    }
    return purposes.stream().anyMatch(Suspicion::isAhead) ? PREFETCH : null;
  }

  private static boolean isAhead(String purpose) {
    return Arrays.stream(purpose.toLowerCase(Locale.ROOT).split("[;,\\s]+", -1))
        .anyMatch(AHEAD::contains);
  }
}
