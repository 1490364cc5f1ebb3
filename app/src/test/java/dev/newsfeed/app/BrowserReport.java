package dev.newsfeed.app;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Says at the end of a run on real brokers that nothing was tried in a real browser, where it is so. */
public final class BrowserReport implements TestExecutionListener {

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if ("none".equals(System.getProperty("chromium"))) {
      System.out.println("Not tried in a browser: that needs Chromium and -Pbrowser");
    }
  }
}
