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
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page templates. Everything they print is escaped, but the sanitised body of an article and its JSON-LD. */
final class Templates {

  private final PebbleEngine engine;

  /** Templates that show times in a zone. */
  Templates(ZoneId zone) {
    ClasspathLoader loader = new ClasspathLoader(Templates.class.getClassLoader());
    loader.setPrefix("dev/newsfeed/gateway/page");
    loader.setSuffix(".html");
    engine = new PebbleEngine.Builder()
        .loader(loader)
        .defaultLocale(Locale.ENGLISH)
        .extension(new Filters(zone))
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
    private final ZoneId zone;

    Filters(ZoneId zone) {
      this.zone = zone;
    }

    @Override
    public Map<String, Filter> getFilters() {
      return Map.of(
          "moment", new Times("d MMMM yyyy, HH:mm", zone),
          "clock", new Times("HH:mm", zone),
          "day", new Times("d MMM yyyy", zone),
          "weekday", new Times("EEEE, d MMMM yyyy", zone),
          "kind", new KindTitle());
    }
  }

  /** A time in words. */
  private static final class Times implements Filter {
    private final DateTimeFormatter format;

    Times(String pattern, ZoneId zone) {
      this.format = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(zone);
    }

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
      return input instanceof Instant at ? format.format(at) : "";
    }
  }

  /** {@code press-review} as "Press review". */
  private static final class KindTitle implements Filter {
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
      return "gallery".equals(input) ? "Photo gallery" : singular(String.valueOf(input));
    }

    private static String singular(String kind) {
      String plural = FeedIds.titleOfKind(kind);
      return plural.substring(0, plural.length() - 1);
    }
  }
}
