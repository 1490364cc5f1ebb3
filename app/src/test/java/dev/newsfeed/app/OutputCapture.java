package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import org.slf4j.LoggerFactory;

/**
 * All that this process says while it is open: what goes to its output and its errors, and what our
 * own code logs at whatever level, printed or not.
 */
final class OutputCapture implements AutoCloseable {

  private static final String OURS = "dev.newsfeed";

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final Logger ours = (Logger) LoggerFactory.getLogger(OURS);
  private final Level level = ours.getLevel();
  private final boolean additive = ours.isAdditive();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  OutputCapture() {
    System.setOut(new PrintStream(new Tee(out), true, UTF_8));
    System.setErr(new PrintStream(new Tee(err), true, UTF_8));
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger %msg%n%ex{full}");
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(said);
    appender.start();
    ours.addAppender(appender);
    ours.setLevel(Level.TRACE);
    ours.setAdditive(false); // what nobody would see otherwise is not printed either
  }

  String text() {
    synchronized (said) {
      return said.toString(UTF_8);
    }
  }

  @Override
  public void close() {
    ours.detachAppender(appender);
    ours.setLevel(level);
    ours.setAdditive(additive);
    System.setOut(out);
    System.setErr(err);
  }

  /** Writes to both. */
  private final class Tee extends OutputStream {
    private final OutputStream other;

    Tee(OutputStream other) {
      this.other = other;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      try {
        other.write(bytes, from, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      synchronized (said) {
        said.write(bytes, from, length);
      }
    }
  }
}
