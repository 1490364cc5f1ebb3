package dev.newsfeed.app;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Stops a job at the worst moment there is: the broker has the changelog's records of a commit, and the
 * positions they belong to are not committed yet. Who is killed there and has no transactions counts
 * the same clicks again.
 */
public final class StopsInCommit implements ProducerInterceptor<byte[], byte[]> {

  /** The setting under which the {@link Moment} is handed to it. */
  static final String MOMENT = "newsfeed.test.moment";

  private @Nullable Moment moment;

  /** Says whether to stop, and when to go on; shared with whoever started the job. */
  static final class Moment {
    private final Runnable stopped;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean wanted;

    /**
     * A moment that may come.
     *
     * @param stopped called when it has come
     */
    Moment(Runnable stopped) {
      this.stopped = stopped;
    }

    void want() {
      wanted = true;
    }

    void goOn() {
      wanted = false;
      goOn.countDown();
    }

    private void reached() {
      if (wanted) {
        stopped.run();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @Override
  public void configure(Map<String, ?> configs) {
    moment = (Moment) configs.get(MOMENT);
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
    return sent;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata place, @Nullable Exception exception) {
    if (moment != null
        && exception == null
        && place != null
        && place.topic().endsWith("-counts-changelog")) {
      moment.reached();
    }
  }

  @Override
  public void close() {
    // holds nothing
  }
}
