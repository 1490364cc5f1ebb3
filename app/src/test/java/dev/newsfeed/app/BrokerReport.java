package dev.newsfeed.app;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says in one line at the end of a run on which brokers the contract was tried, and why not on others. */
public final class BrokerReport implements TestExecutionListener {

  private final Set<String> ran = new TreeSet<>();
  private final Map<String, String> others = new TreeMap<>();

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean suite = test.getSource()
        .filter(ClassSource.class::isInstance)
        .map(source -> ((ClassSource) source).getJavaClass())
        .filter(BrokerSuite.class::isAssignableFrom)
        .isPresent();
    if (!suite) {
      return;
    }
    if (result.getStatus() == Status.SUCCESSFUL) {
      ran.add(test.getDisplayName());
    } else {
      String why = result.getThrowable().map(Throwable::getMessage).orElse("it failed");
      others.putIfAbsent(test.getDisplayName(), why.lines().findFirst().orElse(""));
    }
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (!ran.isEmpty() || !others.isEmpty()) {
      System.out.println("The contract suite ran on: "
          + (ran.isEmpty() ? "nothing" : String.join(", ", ran))
          + (others.isEmpty() ? "" : "; not on: " + others));
      ran.clear(); // a process that runs several plans says each once
      others.clear();
    }
  }
}
