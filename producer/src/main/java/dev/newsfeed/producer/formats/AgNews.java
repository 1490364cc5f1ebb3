package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.schemas.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * AG's corpus of news articles: class, title and description in a row.
 *
 * <pre>
 * "3","Dell Exits (Reuters)","HONG KONG (Reuters) - Dell Inc. &amp;lt;DELL.O&amp;gt; said  #36;5\is low."
 *
 *  section business · headline Dell Exits · source Reuters · dateline HONG KONG
 *  lead Dell Inc. (DELL.O) said $5 is low.
 * </pre>
 *
 * The corpus has lost the ampersand of its entities, where a blank stands now, and has a backslash
 * for each line break.
 */
final class AgNews implements Iterator<NewsImport.Item> {

  private static final List<Label> SECTIONS = List.of(
      new Label("world", "World"),
      new Label("sport", "Sport"),
      new Label("business", "Business"),
      new Label("science", "Science"));

  private static final Pattern NUMBER = Pattern.compile(" ?(?<!&)#([0-9]{2,5});");
  private static final Pattern NAMED = Pattern.compile(" ?(?<![&\\p{Alnum}])"
      + "(quot|amp|lt|gt|apos|hellip|nbsp|mdash|ndash|lsquo|rsquo|ldquo|rdquo|copy|reg|eacute);");
  private static final Pattern AND = Pattern.compile("(?<=\\p{L})   (?=\\p{Lu})");
  private static final Pattern TICKER = Pattern.compile("\\s*<([A-Z0-9]{1,6}(?:\\.[A-Z]{1,3})?)>");
  private static final Pattern TAG_OF_TITLE = Pattern.compile("^(.+?)\\s*\\(([^()]{2,40})\\)$");
  private static final Pattern DATELINE =
      Pattern.compile("^(\\p{Lu}[\\p{L}.,/ -]{1,40}?) \\(([^()]{2,40})\\) -+ (.+)$");
  private static final Pattern PARAGRAPHS = Pattern.compile("\\\\\\s*\\\\");
  private static final int LEAD_CHARACTERS = 400;

  private final CsvRows rows;
  private final NewsImport settings;
  private CsvRows.@Nullable Row row;
  private int number = 1;

  AgNews(InputStream in, NewsImport settings) {
    this.rows = new CsvRows(new InputStreamReader(in, UTF_8));
    this.settings = settings;
    this.row = nextRow();
  }

  @Override
  public boolean hasNext() {
    return row != null;
  }

  @Override
  public NewsImport.Item next() {
    CsvRows.Row current = row;
    if (current == null) {
      throw new NoSuchElementException();
    }
    NewsImport.Item item = item(current);
    row = nextRow();
    number++;
    return item;
  }

  private CsvRows.@Nullable Row nextRow() {
    try {
      return rows.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NewsImport.Item item(CsvRows.Row current) {
    List<String> cells = current.cells();
    if (current.fault() != null) {
      return unusable(current, "row", current.fault());
    }
    if (cells.size() != 3) {
      return unusable(
          current, "row", "has " + cells.size() + " values, must have class, title, text");
    }
    if (!cells.get(0).matches("[1-4]")) {
      return unusable(current, "class", "must be 1 World, 2 Sports, 3 Business or 4 Sci/Tech");
    }
    return NewsImport.checked(number, current.line(), article(cells));
  }

  private NewsImport.Item unusable(CsvRows.Row current, String field, String detail) {
    return new NewsImport.Unusable(
        number, current.line(), new Problem("invalid-field", field, detail));
  }

  private Article article(List<String> cells) {
    Article.Builder article = Article.newBuilder()
        .setArticleId(NewsImport.articleId("ag-", cells.toArray(String[]::new)))
        .setVersion(settings.version())
        .setSection(SECTIONS.get(Integer.parseInt(cells.get(0)) - 1))
        .setLanguage("en")
        .setFirstPublished(settings.dated(number))
        .setVersionCreated(settings.dated(number));
    List<String> paragraphs = Stream.of(PARAGRAPHS.split(cells.get(2)))
        .map(AgNews::readable)
        .filter(p -> !p.isEmpty())
        .collect(Collectors.toList());
    String headline = readable(cells.get(1));
    if (!paragraphs.isEmpty()) {
      headline = takeSource(headline, paragraphs, article);
      article.setLead(NewsText.shortened(String.join(" ", paragraphs), LEAD_CHARACTERS));
      article.setBodyHtml(paragraphs.stream()
          .map(p -> "<p>" + NewsText.escaped(p) + "</p>")
          .collect(Collectors.joining("\n")));
    }
    return article.setHeadline(headline).build();
  }

  /**
   * Moves the agency's name out of headline and text into its field. A bracket at the end of a
   * headline names the agency only where the text names it, too: "(and survived)" stays.
   *
   * @return the headline without it
   */
  private static String takeSource(
      String headline, List<String> paragraphs, Article.Builder article) {
    String text = paragraphs.get(0);
    Matcher tag = TAG_OF_TITLE.matcher(headline);
    boolean tagged = tag.matches();
    if (tagged && text.startsWith(tag.group(2) + " - ")) {
      article.setSource(tag.group(2));
      text = text.substring(tag.group(2).length() + 3).strip();
    }
    Matcher dateline = DATELINE.matcher(text);
    if (dateline.matches()) {
      article.setDateline(dateline.group(1));
      article.setSource(Objects.requireNonNullElse(article.getSource(), dateline.group(2)));
      text = dateline.group(3);
    }
    paragraphs.set(0, text);
    return tagged && tag.group(2).equals(article.getSource()) ? tag.group(1) : headline;
  }

  /** The text a reader should have seen. */
  private static String readable(String raw) {
    String entities = NAMED.matcher(NUMBER.matcher(raw).replaceAll("&#$1;")).replaceAll("&$1;");
    String html = AND.matcher(entities)
        .replaceAll(" &amp; ")
        .replace('\\', ' ')
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    String tickers = TICKER.matcher(html).replaceAll(" ($1)");
    return NewsText.ofHtml(tickers).replace(" ,", ",");
  }
}
