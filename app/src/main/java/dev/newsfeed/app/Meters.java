package dev.newsfeed.app;

import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.gateway.http.AnswerCounts;
import dev.newsfeed.producer.intake.Intake;
import dev.newsfeed.streams.Jobs;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * What a process measures, as Prometheus reads it. Few series, and none for each article, feed or
 * reader: what a role counts by itself, and what Java says of itself. What only shows from outside,
 * such as how old lists are, {@code newsfeed watch} measures.
 */
final class Meters {

  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private Meters(String role) {
    registry.config().commonTags("role", role);
  }

  /** Of this process, which has a role. */
  @SuppressWarnings("resource") // of the collector, for as long as the process
  static Meters ofProcess(String role) {
    Meters meters = new Meters(role);
    new JvmMemoryMetrics().bindTo(meters.registry);
    new JvmGcMetrics().bindTo(meters.registry);
    new JvmThreadMetrics().bindTo(meters.registry);
    new ProcessorMetrics().bindTo(meters.registry);
    new FileDescriptorMetrics().bindTo(meters.registry);
    new UptimeMetrics().bindTo(meters.registry);
    return meters;
  }

  /** Where others put theirs. */
  MeterRegistry registry() {
    return registry;
  }

  /** All of them now, in Prometheus' text format. */
  String page() {
    return registry.scrape(CONTENT_TYPE);
  }

  /** What became of clicks, and what waits. */
  void of(Intake intake) {
    Intake.CLICK_FATES.forEach(
        fate -> FunctionCounter.builder("newsfeed.clicks", intake, i -> i.clicks(fate))
            .description("clicks, or requests with them, by what became of them")
            .tag("fate", fate)
            .register(registry));
    gauge(
        "newsfeed.clicks.waiting",
        "clicks that a crash would lose now",
        intake,
        Intake::clicksWaiting);
    gauge("newsfeed.intake.publishing", "newsroom requests at work", intake, Intake::publishing);
  }

  /** Whether the jobs run, and what they do. */
  void of(Jobs jobs) {
    Jobs.names().forEach(job -> {
      Gauge.builder("newsfeed.job.running", jobs, j -> j.isRunning(job) ? 1 : 0)
          .description("1 while the job runs in this process, in each generation it has")
          .tag("job_name", job)
          .register(registry);
      Gauge.builder("newsfeed.job.restoring", jobs, j -> j.restoring(job))
          .description("records of its state that are still to be read")
          .baseUnit("records")
          .tag("job_name", job)
          .register(registry);
      FunctionCounter.builder("newsfeed.job.threads.replaced", jobs, j -> j.replacedThreads(job))
          .description("threads that died and were replaced")
          .tag("job_name", job)
          .register(registry);
    });
    Jobs.VERDICTS.forEach(
        verdict -> FunctionCounter.builder("newsfeed.versions", jobs, j -> j.versions(verdict))
            .description("versions of articles that the publication job has judged")
            .tag("verdict", verdict)
            .register(registry));
  }

  /** Who reads, and what they are shown. */
  void of(Gateway gateway) {
    gauge(
        "newsfeed.gateway.caught_up",
        "1 once all that stood on the topics is served",
        gateway,
        g -> g.isCaughtUp() ? 1 : 0);
    gauge("newsfeed.event.streams", "event streams that are open", gateway, Gateway::eventStreams);
    gauge(
        "newsfeed.archive.articles",
        "articles and notices in the archive",
        gateway,
        Gateway::archived);
    AnswerCounts.STATUSES.forEach(statuses -> FunctionCounter.builder(
            "newsfeed.gateway.answers", gateway, g -> g.answers(statuses))
        .description("answers by status; 503 says that it cannot yet, other 5xx are faults")
        .tag("status", statuses)
        .register(registry));
  }

  private <T> void gauge(String name, String what, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).description(what).register(registry);
  }
}
