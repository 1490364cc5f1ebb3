package dev.newsfeed.gateway.page;

import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.schemas.FeedIds;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The page templates. Everything they print is escaped, but the sanitised body of an article and its JSON-LD. */
final class Templates {

  private final PebbleEngine engine;

  /** Templates that show times of a newsroom. */
  Templates(Days days) {
    ClasspathLoader loader = new ClasspathLoader(Templates.class.getClassLoader());
    loader.setPrefix("dev/newsfeed/gateway/page");
    loader.setSuffix(".html");
    engine = new PebbleEngine.Builder()
        .loader(loader)
        .defaultLocale(Locale.ENGLISH)
        .extension(new Filters(days))
        .build();
  }

  Content render(String name, Map<String, Object> model) {
    PebbleTemplate template = engine.getTemplate(name);
    StringWriter out = new StringWriter(32 << 10);
    try {
      template.evaluate(out, model);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the page " + name, e);
    }
    return Content.text("text/html", out.toString());
  }

  private static final class Filters extends AbstractExtension {
    private final Days days;

    Filters(Days days) {
      this.days = days;
    }

    @Override
    public Map<String, Filter> getFilters() {
      return Map.of(
          "moment", times("d MMMM yyyy, HH:mm"),
          "clock", times("HH:mm"),
          "day", times("d MMM yyyy"),
          "weekday", times("EEEE"),
          "date", times("d MMMM yyyy"),
          "when", new Words(input -> input instanceof Instant at ? days.when(at) : ""),
          "direction", new Words(input -> Writing.direction((String) input)),
          "kind", new Words(input -> kind(String.valueOf(input))));
    }

    private Filter times(String pattern) {
      DateTimeFormatter format =
          DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(days.zone());
      return new Words(input -> input instanceof Instant at ? format.format(at) : "");
    }

    /** {@code press-review} as "Press review". */
    private static String kind(String kind) {
      if (kind.equals("gallery")) {
        return "Photo gallery";
      }
      String plural = FeedIds.titleOfKind(kind);
      return plural.substring(0, plural.length() - 1);
    }
  }

  /** What a value is in words. */
  private record Words(Function<@Nullable Object, String> of) implements Filter {

    @Override
    public List<String> getArgumentNames() {
      return List.of();
    }

    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> args,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      return of.apply(input);
    }
  }
}
