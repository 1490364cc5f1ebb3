package dev.newsfeed.app;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.RefusedRequest;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.clicks.AccessLog;
import dev.newsfeed.producer.files.RefusedItems;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends refused things again, to where they came from.
 *
 * <pre>
 * articles-3@17                 the bytes, under their key, to articles
 * PUT /v1/articles/bridge       the same request to the intake
 * POST /v1/clicks               its clicks, of then, to clicks
 * file wire.xml                 not: it lies beside its reason, or where it was imported from
 * </pre>
 *
 * Twice has no effect twice: articles by the version rule, clicks by their event ids; an editor's list
 * or decision is only sent while nothing has come after it; and what was sent is marked.
 */
final class Resending implements AutoCloseable {

  private static final Duration ACK_WITHIN = Duration.ofSeconds(130);
  private static final String CLICKS = "/v1/clicks";
  private static final String IMPORT = "/v1/articles";

  private final NewsfeedSettings settings;
  private final Topics topics;
  private final IntakeClient intake;
  private final Replay replay;
  private final Clock clock;
  private final String by;
  private final boolean dryRun;
  private AccessLog.@Nullable Pages pages;

  /** Whether a thing has been dealt with, and in what way. */
  record Outcome(boolean well, String words) {}

  /** A refused thing that cannot be sent again, and why. */
  private static final class ImpossibleException extends RuntimeException {
    ImpossibleException(String why) {
      super(why);
    }
  }

  Resending(NewsfeedSettings settings, Clock clock, String by, boolean dryRun) {
    this.settings = settings;
    this.topics = settings.topics();
    this.intake = IntakeClient.of(settings);
    this.replay = new Replay(settings.kafka(), topics);
    this.clock = clock;
    this.by = by;
    this.dryRun = dryRun;
  }

  /**
   * Sends one of them, if it can be.
   *
   * @throws UnavailableException when it could not be reached where it goes
   */
  Outcome send(Refused refused) {
    Rejected before = refused.replayed();
    if (before != null) {
      return new Outcome(true, "was replayed at " + before.getAt() + ' ' + before.getDetail());
    }
    try {
      String whereTo = dispatched(refused);
      if (dryRun) {
        return new Outcome(true, "would be sent to " + whereTo);
      }
      String detail = "by " + by + ": " + whereTo;
      await(replay.mark(refused.id(), refused.key(), refused.value(), detail, clock.instant()));
      return new Outcome(true, "sent to " + whereTo);
    } catch (ImpossibleException e) {
      return new Outcome(false, "not replayed: " + e.getMessage());
    }
  }

  private String dispatched(Refused refused) {
    Rejected value = refused.value();
    RefusedRequest request = value.getRequest();
    if (value.getStage().equals(RefusedItems.STAGE)) {
      throw new ImpossibleException("it is a part of a file: put it right there and import the file"
          + " again, which has no effect twice");
    }
    if (value.getFile() != null) {
      throw new ImpossibleException(
          "it is a file: put it right and move it from refused/ back into" + " the drop folder");
    }
    if (!refused.isWhole()) {
      throw new ImpossibleException(
          "only the first part was kept, " + value.getBytes().remaining() + " bytes");
    }
    if (value.getTopic() != null) {
      return toTopic(refused, value.getTopic());
    }
    if (request == null) {
      throw new ImpossibleException("where it came from is not known");
    }
    if (request.getPath().equals(IMPORT)) {
      throw new ImpossibleException("it is a line of an import that says no articleId");
    }
    return request.getPath().startsWith(CLICKS) ? clicks(refused) : toIntake(refused, request);
  }

  private String toTopic(Refused refused, String name) {
    Topic<?> topic =
        List.<Topic<?>>of(topics.articles, topics.clicks, topics.curated, topics.controls).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new ImpossibleException(
                "nobody sends to " + Columns.printable(name) + " in this newsroom"));
    if (refused.value().getReason().equals("wrong-key")) {
      throw new ImpossibleException("its key is what is wrong: send it under the right one");
    }
    requireLast(topic, refused);
    return dryRun
        ? topic.name()
        : place(await(replay.send(topic, refused.key(), Replay.bytes(refused.value()))));
  }

  private String toIntake(Refused refused, RefusedRequest request) {
    if (!request.getPath().matches("/v1/[!-~&&[^?#]]+")) {
      throw new ImpossibleException("its path is none of the intake's");
    }
    if (request.getPath().startsWith("/v1/curated/")) {
      requireLast(topics.curated, refused);
    } else if (request.getPath().startsWith("/v1/controls/")) {
      requireLast(topics.controls, refused);
    }
    String where = request.getMethod() + ' ' + request.getPath();
    if (dryRun) {
      return where;
    }
    IntakeClient.Answer answer;
    try {
      answer = intake.again(
          request.getMethod(),
          request.getPath(),
          request.getContentType(),
          Replay.bytes(refused.value()));
    } catch (IllegalArgumentException e) {
      throw new ImpossibleException("such a request can only be made by hand");
    }
    if (answer.status() >= 500) {
      throw new UnavailableException("the intake could not take it: " + answer.problem(), null);
    }
    if (!answer.accepted()) {
      throw new ImpossibleException("refused again: " + answer.problem());
    }
    return where;
  }

  private String clicks(Refused refused) {
    if (refused.value().getClick() == null) {
      throw new ImpossibleException("who clicked, and when, was not kept");
    }
    long keptMs =
        Long.parseLong(Objects.requireNonNull(topics.clicks.configs().get("retention.ms")));
    if (refused.value().getClick().getReceivedAtMs() < clock.millis() - keptMs) {
      throw new ImpossibleException("no list reaches back to it any more");
    }
    List<Click> clicks;
    try {
      clicks = Replay.clicks(refused.id(), refused.value(), pages());
    } catch (InvalidEventException e) {
      throw new ImpossibleException("would be refused again: " + e.getMessage());
    }
    String where = topics.clicks.name();
    for (Click click : clicks) {
      where = dryRun ? where : place(await(replay.send(click)));
    }
    return where;
  }

  private AccessLog.Pages pages() {
    if (pages == null) {
      pages = PublishedScan.pages(settings.kafka(), topics, null);
    }
    return pages;
  }

  /** An old list or decision must not replace what editors have said since. */
  private void requireLast(Topic<?> topic, Refused refused) {
    if (!topic.equals(topics.curated) && !topic.equals(topics.controls)) {
      return;
    }
    Rejected value = refused.value();
    AtomicBoolean since = new AtomicBoolean();
    try (TopicScan scan = new TopicScan(settings.kafka(), topic.name())) {
      scan.toEnd(record -> {
        boolean later = topic.name().equals(value.getTopic())
            ? record.offset() > Objects.requireNonNullElse(value.getOffset(), Long.MAX_VALUE)
            : record.timestamp() >= value.getAt().toEpochMilli();
        if (Objects.equals(record.key(), refused.key()) && later) {
          since.set(true);
        }
      });
    }
    if (since.get()) {
      throw new ImpossibleException(
          Columns.printable(String.valueOf(refused.key())) + " was set again since");
    }
  }

  private static String place(Ack ack) {
    return ack.topic() + '-' + ack.partition() + '@' + ack.offset();
  }

  private static Ack await(CompletionStage<Ack> ack) {
    try {
      return ack.toCompletableFuture().get(ACK_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnavailableException("Kafka did not take it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while Kafka was asked", e);
    }
  }

  @Override
  public void close() {
    replay.close();
  }
}
