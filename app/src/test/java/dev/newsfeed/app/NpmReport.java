package dev.newsfeed.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Says at the end of a run on real brokers that the partners' programs were not tried, where it is so. */
public final class NpmReport implements TestExecutionListener {

  private static final Path PARTNERS = Path.of("../docs/partners");

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

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (!canRunPartners()) {
      System.out.println(
          "Not tried with clients of npm: that needs node 20 and npm install in docs/partners");
    }
  }
}
