package dev.newsfeed.gateway.feed;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says at the end of a run which readers and descriptions of feeds were not there to be asked. */
public final class ReadersReport implements TestExecutionListener {

  private final Set<String> missing = new TreeSet<>();

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean feeds = test.getSource()
        .filter(MethodSource.class::isInstance)
        .map(source -> ((MethodSource) source).getJavaClass())
        .filter(tests -> tests == FeedReadersTest.class || tests == FeedValidityTest.class)
        .isPresent();
    if (feeds && result.getStatus() == Status.ABORTED) {
      result
          .getThrowable()
          .ifPresent(why ->
              missing.add(String.valueOf(why.getMessage()).replace("Assumption failed: ", "")));
    }
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (!missing.isEmpty()) {
      System.out.println("Feeds were not tried with: " + String.join("; ", missing));
    }
  }
}
