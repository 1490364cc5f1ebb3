package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.ControlRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that editors have decided, in every instance: a decision about a section concerns articles of
 * all partitions. A global store, so all of the topic is here before the first list is made. The
 * topic itself is what it comes from after a restart.
 *
 * <p>Written by the one thread that follows the topic, read by all that rank.
 */
final class ControlStore implements StateStore {

  static final String NAME = "controls";

  private static final Logger LOG = LoggerFactory.getLogger(ControlStore.class);

  private final Map<String, Control> decisions = new HashMap<>();
  private @Nullable Controls controls = Controls.NONE;
  private boolean open;

  /** What is decided now: the same object as long as nothing else is decided. */
  synchronized Controls controls() {
    if (controls == null) {
      controls = new Controls(decisions);
    }
    return controls;
  }

  private synchronized void decide(String key, @Nullable Control decision) {
    if (decision == null) {
      decisions.remove(key);
    } else {
      decisions.put(key, decision);
    }
    controls = null;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    // what it is restored from goes through the same processor as what comes later
    context.register(root, (key, value) -> {
      throw new IllegalStateException("controls are restored by " + TakeControls.class);
    });
    open = true;
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Takes what editors decide into the store. What is no decision changes nothing. */
  record TakeControls(Topics topics) implements ProcessorSupplier<String, byte[], Void, Void> {
    @Override
    public Processor<String, byte[], Void, Void> get() {
      return new Worker(topics);
    }

    private static final class Worker implements Processor<String, byte[], Void, Void> {
      private final Topics topics;
      private @Nullable ControlStore store;

      Worker(Topics topics) {
        this.topics = topics;
      }

      @Override
      public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(NAME);
      }

      @Override
      public void process(Record<String, byte[]> consumed) {
        if (consumed.key() == null) {
          LOG.warn("passed over a control without a key");
          return;
        }
        Problem problem = ControlRules.problem(topics.controls, consumed.key(), consumed.value());
        if (problem != null) { // a global store writes nothing: the publication job keeps it
          LOG.warn("passed over what is no decision reason={}", problem.reason());
          return;
        }
        Objects.requireNonNull(store)
            .decide(
                consumed.key(),
                consumed.value() == null
                    ? null
                    : topics.controls.valueSerde().read(topics.controls.name(), consumed.value()));
      }
    }
  }

  /** Makes the store, one in each instance of the job. */
  record Builder() implements StoreBuilder<ControlStore> {
    @Override
    public ControlStore build() {
      return new ControlStore();
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    /** The topic that is followed is its log. */
    @Override
    public boolean loggingEnabled() {
      return false;
    }

    @Override
    public StoreBuilder<ControlStore> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<ControlStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<ControlStore> withLoggingEnabled(Map<String, String> config) {
      throw new IllegalStateException("the topic of controls is the log of this store");
    }

    @Override
    public StoreBuilder<ControlStore> withLoggingDisabled() {
      return this;
    }
  }
}
