package dev.newsfeed.app;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The machine's Chromium, without a window, and without what it does of its own accord. */
final class Chromium implements AutoCloseable {

  private static final Path PROGRAM = Path.of(System.getProperty("chromium"));

  private static final List<String> FLAGS = List.of(
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync");

  private final List<String> flags;
  private final Playwright playwright;
  private final Browser browser;

  private Chromium(List<String> moreFlags, List<String> turnedOn) {
    flags = new ArrayList<>(FLAGS);
    flags.addAll(moreFlags);
    playwright = Playwright.create(
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser = playwright
        .chromium()
        .launch(new BrowserType.LaunchOptions()
            .setExecutablePath(PROGRAM)
            .setArgs(flags)
            .setIgnoreDefaultArgs(turnedOn));
  }

  /** Starts one. */
  static Chromium start() {
    return new Chromium(List.of(), List.of());
  }

  /**
   * Starts one that is more like a reader's.
   *
   * @param moreFlags beside ours
   * @param turnedOn flags by which Playwright turns something off
   */
  static Chromium start(List<String> moreFlags, List<String> turnedOn) {
    return new Chromium(moreFlags, turnedOn);
  }

  String version() {
    return browser.version();
  }

  /** A window that shares nothing with any other. */
  BrowserContext open(Browser.NewContextOptions options) {
    return browser.newContext(options);
  }

  /** Another one, with what a reader has set in its profile. */
  BrowserContext withProfile(Path profile) {
    return playwright
        .chromium()
        .launchPersistentContext(
            profile,
            new BrowserType.LaunchPersistentContextOptions()
                .setExecutablePath(PROGRAM)
                .setArgs(flags));
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
