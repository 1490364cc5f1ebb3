package dev.newsfeed.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Says once in each process of a run on real brokers what was not tried, and what it needs. */
public final class NotTried implements TestExecutionListener {

  private static final Path PARTNERS = Path.of("../docs/partners");
  private static final AtomicBoolean SAID = new AtomicBoolean();

  /** Whether there is a node, and what the programs in {@code docs/partners} need. */
  static boolean canRunPartners() {
    try {
      return Files.isDirectory(PARTNERS.resolve("node_modules/kafkajs"))
          && new ProcessBuilder("node", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A process may be given one class after the other, each as a plan of its own. */
  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (!SAID.compareAndSet(false, true)) {
      return;
    }
    if ("none".equals(System.getProperty("chromium"))) {
      System.out.println("Not tried in a browser: that needs Chromium and -Pbrowser");
    }
    if (!Boolean.getBoolean("compose")) {
      System.out.println("Not tried with docker compose: that needs an engine and -Dcompose=true");
    }
    if (!canRunPartners()) {
      System.out.println(
          "Not tried with clients of npm: that needs node 20 and npm install in docs/partners");
    }
  }
}
