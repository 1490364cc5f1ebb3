package dev.newsfeed.streams;

import java.io.IOException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Tells a state directory that cannot be worked in (no room, no right, deleted, broken files) from
 * everything else that can end a thread. Another thread would find it as it is; another instance has
 * a directory of its own.
 */
final class StateFault {

  private StateFault() {}

  /** What is wrong with the state directory, in a line; null: it is something else. */
  static @Nullable String of(Throwable cause) {
    boolean ofState = false;
    Throwable last = cause;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      ofState |= each instanceof ProcessorStateException;
      last = each;
    }
    boolean ofDisk = last instanceof RocksDBException
        || last instanceof IOException
        || last instanceof ProcessorStateException;
    return ofState && ofDisk ? String.valueOf(last.getMessage()) : null;
  }
}
