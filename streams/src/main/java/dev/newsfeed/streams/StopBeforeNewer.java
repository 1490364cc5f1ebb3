package dev.newsfeed.streams;

import dev.newsfeed.schemas.UnknownSchemaException;
import java.io.UncheckedIOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Passes over what is broken and ends the thread at what may be as good as any: what a newer instance of
 * the job wrote, and what nobody can be asked the schema of. Passed over, an entry or a count would be
 * lost for good; the newer instance, or this one once it can ask, reads it.
 */
public final class StopBeforeNewer extends LogAndContinueExceptionHandler {

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> consumed, Exception exception) {
    return newer(exception) == null && cause(exception, UncheckedIOException.class) == null
        ? super.handleError(context, consumed, exception)
        : Response.fail();
  }

  /** What of a newer version could not be read; null: it failed for another reason. */
  static @Nullable UnknownSchemaException newer(Throwable failure) {
    return cause(failure, UnknownSchemaException.class);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> wanted) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (wanted.isInstance(cause)) {
        return wanted.cast(cause);
      }
    }
    return null;
  }
}
