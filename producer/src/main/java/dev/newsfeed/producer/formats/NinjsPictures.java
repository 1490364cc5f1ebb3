package dev.newsfeed.producer.formats;

import dev.newsfeed.avro.Photo;
import dev.newsfeed.schemas.ArticleRules;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The picture to show out of the renditions in which a ninjs offers it. */
final class NinjsPictures {

  /** Pages show no picture wider than this by much; a printable one would only be slow. */
  private static final int WIDE_ENOUGH_PX = 1_000;

  /** What a browser cannot show. */
  private static final Set<String> FOR_PRINT =
      Set.of("image/tiff", "image/x-tiff", "image/x-eps", "image/vnd.adobe.photoshop");

  private NinjsPictures() {}

  /** One rendition that can be shown. */
  private record Rendition(String url, int width, int height) {

    boolean isWideEnough() {
      return width >= WIDE_ENOUGH_PX;
    }

    static final Comparator<Rendition> BEST = Comparator.comparing(Rendition::isWideEnough)
        .thenComparingInt(r -> r.isWideEnough() ? -r.width() : r.width());
  }

  /**
   * The narrowest rendition of at least 1,000 pixels, or else the widest; of equals the first.
   *
   * @param item the news object, in lower case
   * @param isPicture whether a rendition that does not say what it is will be one
   */
  static Optional<Photo.Builder> best(JsonFields item, boolean isPicture) {
    // max would take the last of equals
    return item.objects("renditions").stream()
        .flatMap(rendition -> showable(rendition, isPicture).stream())
        .reduce((best, next) -> Rendition.BEST.compare(next, best) > 0 ? next : best)
        .map(best ->
            Photo.newBuilder().setUrl(best.url()).setWidth(best.width()).setHeight(best.height()));
  }

  private static Optional<Rendition> showable(JsonFields rendition, boolean isPicture) {
    String href = rendition.text("href");
    String type = mediaType(rendition);
    boolean image = type.isEmpty() ? isPicture : type.startsWith("image/");
    if (href == null || !image || FOR_PRINT.contains(type) || !ArticleRules.isWebAddress(href)) {
      return Optional.empty();
    }
    return Optional.of(
        new Rendition(href, pixels(rendition, "width"), pixels(rendition, "height")));
  }

  /** A media type without its parameters, in lower case; empty when nothing is said. */
  static String mediaType(JsonFields in) {
    String type = in.text("contenttype");
    return type == null ? "" : List.of(type.split(";", 2)).get(0).strip().toLowerCase(Locale.ROOT);
  }

  private static int pixels(JsonFields rendition, String name) {
    Integer pixels = rendition.smallNumber(name);
    return pixels == null ? 0 : Math.max(0, pixels);
  }
}
