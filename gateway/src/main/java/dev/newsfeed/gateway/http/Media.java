package dev.newsfeed.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code /media/demo/…}: pictures that ship in a jar. */
public final class Media implements Resource {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*\\.([a-z0-9]+)");
  private static final Map<String, String> TYPES = Map.of(
      "svg", "image/svg+xml",
      "jpg", "image/jpeg",
      "png", "image/png",
      "webp", "image/webp");

  private final String folder;

  /** {@code folder}: on the classpath, such as {@code demo/photos}. */
  public Media(String folder) {
    this.folder = folder.endsWith("/") ? folder : folder + "/";
  }

  @Override
  public Answer answer(Ask ask) {
    String name = ask.pathAfter("/media/demo/");
    var matcher = NAME.matcher(name); // one plain file name: no way out of the folder
    String type = matcher.matches() ? TYPES.get(matcher.group(1)) : null;
    if (type == null) {
      throw Refused.notFound("there is no such picture");
    }
    try (InputStream in = Media.class.getClassLoader().getResourceAsStream(folder + name)) {
      if (in == null) {
        throw Refused.notFound("there is no such picture");
      }
      return Answer.ok(new Content(type, in.readAllBytes()), Answer.FOR_EVER)
          // a picture opened by itself is a document: it must run and load nothing
          .with(
              "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
