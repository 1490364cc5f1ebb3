package dev.newsfeed.app;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says in one line at the end of a run on which brokers the contract was tried, and why not on others. */
public final class BrokerReport implements TestExecutionListener {

  private final List<String> brokers = new ArrayList<>();

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean suite = test.getSource()
        .filter(ClassSource.class::isInstance)
        .map(source -> ((ClassSource) source).getJavaClass())
        .filter(ContractSuite.class::isAssignableFrom)
        .isPresent();
    if (!suite) {
      return;
    }
    String why = result.getThrowable().map(e -> " (" + e.getMessage() + ")").orElse("");
    brokers.add(
        result.getStatus() == Status.SUCCESSFUL
            ? test.getDisplayName()
            : "not on " + test.getDisplayName() + why.lines().findFirst().orElse(""));
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (!brokers.isEmpty()) {
      System.out.println("The contract suite ran on: " + String.join("; ", brokers));
    }
  }
}
