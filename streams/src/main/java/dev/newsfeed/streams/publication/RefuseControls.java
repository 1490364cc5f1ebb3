package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.publication.Publication.CONTROLS_INTO_REJECTED;

import dev.newsfeed.schemas.ControlRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Wire;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what stands on {@code controls} and is no decision. The most-read job follows them as a global
 * table, from which nothing can be written, and passes such records over.
 */
record RefuseControls(Topics topics)
    implements ProcessorSupplier<String, byte[], String, SpecificRecord> {

  @Override
  public Processor<String, byte[], String, SpecificRecord> get() {
    return new Worker(topics);
  }

  private static final class Worker implements Processor<String, byte[], String, SpecificRecord> {
    private final Topics topics;
    private @Nullable ProcessorContext<String, SpecificRecord> context;

    Worker(Topics topics) {
      this.topics = topics;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> initialised) {
      context = initialised;
    }

    @Override
    public void process(Record<String, byte[]> consumed) {
      Problem problem = ControlRules.problem(topics.controls, consumed.key(), consumed.value());
      if (problem != null) {
        Wire.refuse(
            Objects.requireNonNull(context),
            CONTROLS_INTO_REJECTED,
            "controls",
            consumed.key(),
            List.of(problem),
            consumed.value());
      }
    }
  }
}
