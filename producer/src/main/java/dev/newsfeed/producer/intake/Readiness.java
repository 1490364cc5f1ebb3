package dev.newsfeed.producer.intake;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Whether the intake can do its work now. */
interface Readiness {

  /** What is not ready, as one sentence; empty: all is. Never completes exceptionally. */
  CompletionStage<Optional<String>> missing();
}
