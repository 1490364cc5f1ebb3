package dev.newsfeed.streams;

import dev.newsfeed.schemas.UnknownSchemaException;
import java.io.UncheckedIOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Passes over what is broken and ends the thread at what a newer instance of a job wrote: passed over, an
 * entry or a count would be lost for good, while the newer instance can read it when it takes over.
 */
public final class StopBeforeNewer extends LogAndContinueExceptionHandler {

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> consumed, Exception exception) {
    return newer(exception) == null && !isNotAsked(exception)
        ? super.handleError(context, consumed, exception)
        : Response.fail();
  }

  /** Whether only nobody could be asked for the schema: the record may be as good as any. */
  private static boolean isNotAsked(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UncheckedIOException) {
        return true;
      }
    }
    return false;
  }

  /** What of a newer version could not be read; null: it failed for another reason. */
  static @Nullable UnknownSchemaException newer(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownSchemaException unknown) {
        return unknown;
      }
    }
    return null;
  }
}
