package dev.newsfeed.app;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Says at the end of a run on real brokers that docker-compose.yml was not tried, where it is so. */
public final class ComposeReport implements TestExecutionListener {

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (!Boolean.getBoolean("compose")) {
      System.out.println("Not tried with docker compose: that needs an engine and -Dcompose=true");
    }
  }
}
