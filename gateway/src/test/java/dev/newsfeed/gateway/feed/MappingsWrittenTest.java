package dev.newsfeed.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.page.NewsArticle;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.namespace.NamespaceContext;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** docs/mappings.md says where each field of an article stands in each format, and there it stands. */
class MappingsWrittenTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = Samples.TOPICS;

  private static final String NOWHERE = "–";
  private static final Addresses ADDRESSES = new Addresses(URI.create("https://news.example"));
  private static final Instant TEN = Instant.parse("2026-03-02T10:00:00Z");

  /** A field set to something that is nowhere else, and how that may look. */
  private record Sample(Consumer<Article.Builder> set, Set<String> looks) {
    static Sample of(Consumer<Article.Builder> set, String... looks) {
      return new Sample(set, Set.of(looks));
    }
  }

  private static final Map<String, Sample> SAMPLES = samples();

  private static Map<String, Sample> samples() {
    Map<String, Sample> samples = new LinkedHashMap<>();
    samples.put(
        "articleId", Sample.of(a -> a.setArticleId("x7"), "x7", "tag:news.example,2026:x7"));
    samples.put("version", Sample.of(a -> a.setVersion(77), "77"));
    samples.put("status", Sample.of(a -> a.setStatus(Status.withheld), "withheld"));
    samples.put("kind", Sample.of(a -> a.setKind("press-review"), "press-review"));
    samples.put("headline", Sample.of(a -> a.setHeadline("Seven"), "Seven"));
    samples.put("shortHeadline", Sample.of(a -> a.setShortHeadline("Seven"), "Seven"));
    samples.put("lead", Sample.of(a -> a.setLead("Seven"), "Seven"));
    samples.put("bodyHtml", Sample.of(a -> a.setBodyHtml("<p>Seven</p>"), "<p>Seven</p>"));
    samples.put("url", Sample.of(a -> a.setUrl("/seven"), "https://news.example/seven"));
    samples.put("aliases", Sample.of(a -> a.setAliases(List.of("/seven")), "/seven"));
    Label seven = new Label("seven", "Seven");
    samples.put("section", Sample.of(a -> a.setSection(seven), "Seven"));
    samples.put("extraSections", Sample.of(a -> a.setExtraSections(List.of(seven)), "Seven"));
    samples.put("topics", Sample.of(a -> a.setTopics(List.of(seven)), "Seven"));
    samples.put("persons", Sample.of(a -> a.setPersons(List.of(seven)), "Seven"));
    samples.put("places", Sample.of(a -> a.setPlaces(List.of(seven)), "Seven"));
    samples.put("urgency", Sample.of(a -> a.setUrgency(7), "7"));
    samples.put("language", Sample.of(a -> a.setLanguage("de-CH"), "de-CH"));
    samples.put("edition", Sample.of(a -> a.setEdition("Seven"), "Seven"));
    samples.put("byline", Sample.of(a -> a.setByline("Seven"), "Seven"));
    samples.put("dateline", Sample.of(a -> a.setDateline("Seven"), "Seven"));
    samples.put("source", Sample.of(a -> a.setSource("Seven"), "Seven"));
    samples.put("copyright", Sample.of(a -> a.setCopyright("Seven"), "Seven"));
    samples.put("usageTerms", Sample.of(a -> a.setUsageTerms("Seven"), "Seven"));
    samples.put("photos.url", photo(p -> {}, "https://news.example/7.jpg"));
    samples.put("photos.width", photo(p -> p.setWidth(77).setHeight(78), "77"));
    samples.put("photos.height", photo(p -> p.setWidth(77).setHeight(78), "78"));
    samples.put("photos.caption", photo(p -> p.setCaption("Seven"), "Seven"));
    samples.put("photos.credit", photo(p -> p.setCredit("Seven"), "Seven"));
    samples.put("photos.alt", photo(p -> p.setAlt("Seven"), "Seven"));
    samples.put("photoCount", Sample.of(a -> a.setPhotoCount(77), "77"));
    samples.put(
        "readAlso", Sample.of(a -> a.setReadAlso(List.of("x7")), "tag:news.example,2026:x7"));
    MediaLink link = new MediaLink("Seven", "https://other.example/7", "Eight");
    Consumer<Article.Builder> linked = a -> a.setInOtherMedia(List.of(link));
    samples.put("inOtherMedia.title", Sample.of(linked, "Seven"));
    samples.put("inOtherMedia.url", Sample.of(linked, "https://other.example/7"));
    samples.put("inOtherMedia.source", Sample.of(linked, "Eight"));
    String ten = TEN.toString();
    samples.put(
        "firstPublished",
        Sample.of(a -> a.setFirstPublished(TEN), ten, "Mon, 02 Mar 2026 10:00:00 GMT"));
    samples.put("versionCreated", Sample.of(a -> a.setVersionCreated(TEN), ten));
    samples.put("embargoedUntil", Sample.of(a -> a.setEmbargoedUntil(TEN), ten));
    samples.put("expires", Sample.of(a -> a.setExpires(TEN), ten));
    samples.put("republish", Sample.of(a -> a.setRepublish(true), "true"));
    samples.put("restore", Sample.of(a -> a.setRestore(true), "true"));
    Consumer<Article.Builder> corrected = a -> a.setCorrection(new Correction("Seven", TEN));
    samples.put("correction.text", Sample.of(corrected, "Seven"));
    samples.put("correction.at", Sample.of(corrected, ten));
    Consumer<Article.Builder> withdrawn =
        a -> a.setWithdrawal(new Withdrawal("Seven", "Eight", "x7"));
    samples.put("withdrawal.reason", Sample.of(withdrawn, "Seven"));
    samples.put("withdrawal.note", Sample.of(withdrawn, "Eight"));
    samples.put("withdrawal.successorId", Sample.of(withdrawn, "tag:news.example,2026:x7"));
    samples.put("evergreen", Sample.of(a -> a.setEvergreen(true), "true"));
    samples.put("mostReadEligible", Sample.of(a -> a.setMostReadEligible(false), "false"));
    return samples;
  }

  private static Sample photo(Consumer<Photo.Builder> set, String look) {
    return Sample.of(
        a -> {
          Photo.Builder photo = Photo.newBuilder().setUrl("/7.jpg");
          set.accept(photo);
          a.setPhotos(List.of(photo.build()));
        },
        look);
  }

  /** One cell of the table. */
  private record Cell(String field, String format, String path) {}

  private static List<List<String>> table() throws IOException {
    String text = Files.readString(Path.of("../docs/mappings.md"));
    return text.substring(text.indexOf("<!-- written -->"), text.indexOf("<!-- /written -->"))
        .lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
            .map(cell -> cell.strip().replace("`", ""))
            .toList())
        .toList();
  }

  static List<Cell> cells() throws IOException {
    List<List<String>> table = table();
    List<Cell> cells = new ArrayList<>();
    for (List<String> row : table.subList(1, table.size())) {
      for (int i = 1; i < row.size(); i++) {
        cells.add(new Cell(row.get(0), table.get(0).get(i), row.get(i)));
      }
    }
    return cells;
  }

  @ParameterizedTest
  @MethodSource("cells")
  void cellIsTrue(Cell cell) throws Exception {
    Sample sample = SAMPLES.get(cell.field());
    assertThat(sample).as("a sample of " + cell.field()).isNotNull();
    Article.Builder article = base();
    sample.set().accept(article);

    if (cell.path().equals(NOWHERE)) {
      // what is said of a photo cannot be without the photo
      Article without =
          cell.field().startsWith("photos.") ? silent(article.build()) : base().build();
      assertThat(write(cell.format(), article.build())).isEqualTo(write(cell.format(), without));
    } else {
      assertThat(at(cell, article.build())).as("with").containsAnyElementsOf(sample.looks());
      assertThat(at(cell, base().build()))
          .as("without")
          .doesNotContainAnyElementsOf(sample.looks());
    }
  }

  @Test
  void everyFieldHasARow() throws IOException {
    Set<String> fields = Article.getClassSchema().getFields().stream()
        .map(Schema.Field::name)
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> rows = table().stream()
        .skip(1)
        .map(row -> row.get(0).replaceFirst("\\..*", ""))
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(rows).isEqualTo(fields);
  }

  private static Article.Builder base() {
    return Article.newBuilder().setArticleId("a1").setVersion(1).setHeadline("Base");
  }

  private static Article silent(Article article) {
    return Article.newBuilder(article)
        .setPhotos(article.getPhotos().stream()
            .map(photo -> Photo.newBuilder().setUrl(photo.getUrl()).build())
            .toList())
        .build();
  }

  private static String write(String format, Article article) {
    PublishedArticle published = PublishedArticle.newBuilder(
            Samples.published(article, Samples.NINE))
        .setFirstPublished(
            article.getFirstPublished() == null ? Samples.NINE : article.getFirstPublished())
        .setCorrections(Stream.ofNullable(article.getCorrection()).toList())
        .build();
    FeedPage.Item item = new FeedPage.Item(Samples.entry(published), article);
    FeedPage page =
        new FeedPage(new FeedSummary("all", "All news", 1, 7, Samples.NINE), List.of(item), null);
    FeedDocument document = new FeedDocument(
        page,
        ADDRESSES,
        "Meridian",
        FeedLinks.ofPage(new FeedAddress("all", "", null, 50), null),
        List.of());
    return switch (format) {
      case "ninjs 3.1" ->
        new Ninjs(ADDRESSES::tag, ADDRESSES::absolute).of(article).toString();
      case "NewsArticle" ->
        NewsArticle.of(published, article, ADDRESSES, "Meridian").toString();
      case "RSS 2.0" -> text(FeedFormat.RSS, document);
      case "Atom" -> text(FeedFormat.ATOM, document);
      case "JSON Feed 1.1" -> text(FeedFormat.JSON, document);
      default -> throw new AssertionError("no such format: " + format);
    };
  }

  private static String text(FeedFormat format, FeedDocument document) {
    return new String(format.write(document).bytes(false), StandardCharsets.UTF_8);
  }

  private static List<String> at(Cell cell, Article article) throws Exception {
    String written = write(cell.format(), article);
    return switch (cell.format()) {
      case "RSS 2.0" -> inXml(written, "//item", "", cell.path());
      case "Atom" -> inXml(written, "//atom:entry", "atom:", cell.path());
      case "JSON Feed 1.1" ->
        inJson(new ObjectMapper().readTree(written).at("/items/0"), cell.path());
      default -> inJson(new ObjectMapper().readTree(written), cell.path());
    };
  }

  private static final Pattern STEP = Pattern.compile("([^\\[]+)(?:\\[(\\w+)=([^\\]]+)])?");

  /** The texts at a path such as {@code headlines[role=main].value}, lists unfolded. */
  private static List<String> inJson(JsonNode json, String path) {
    List<JsonNode> found = List.of(json);
    for (String step : path.split("\\.", -1)) {
      Matcher named = STEP.matcher(step);
      assertThat(named.matches()).as(step).isTrue();
      found = found.stream()
          .map(node -> node.path(named.group(1)))
          .flatMap(child -> child.isArray() ? children(child) : Stream.of(child))
          .filter(child ->
              named.group(2) == null || child.path(named.group(2)).asText().equals(named.group(3)))
          .toList();
    }
    return found.stream().filter(JsonNode::isValueNode).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> children(JsonNode array) {
    List<JsonNode> children = new ArrayList<>();
    array.forEach(children::add);
    return children.stream();
  }

  /** The texts at a path such as {@code link[rel=alternate]@href} within an item. */
  private static List<String> inXml(String xml, String item, String prefix, String path)
      throws Exception {
    StringBuilder expression = new StringBuilder(item);
    for (String step : path.replace("@", "/@").split("/", -1)) {
      if (!step.isEmpty()) {
        boolean plain = !step.contains(":") && !step.startsWith("@");
        expression.append('/').append(plain ? prefix : "").append(step);
      }
    }
    String xpath = expression.toString().replaceAll("\\[(\\w+)=(\\w+)]", "[@$1='$2']");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document = factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    XPath reader = XPathFactory.newInstance().newXPath();
    reader.setNamespaceContext(new Prefixes());
    NodeList nodes = (NodeList) reader.evaluate(xpath, document, XPathConstants.NODESET);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  /** What the table takes for granted. */
  private static final class Prefixes implements NamespaceContext {

    @Override
    public String getNamespaceURI(String prefix) {
      return switch (prefix) {
        case "atom" -> "http://www.w3.org/2005/Atom";
        case "content" -> "http://purl.org/rss/1.0/modules/content/";
        case "dc" -> "http://purl.org/dc/elements/1.1/";
        case "newsfeed" -> "tag:newsfeed.dev,2026:feed";
        case "media" -> "http://search.yahoo.com/mrss/";
        case "xml" -> XMLConstants.XML_NS_URI;
        default -> XMLConstants.NULL_NS_URI;
      };
    }

    @Override
    public String getPrefix(String uri) {
      throw new UnsupportedOperationException("paths are read, never written");
    }

    @Override
    public Iterator<String> getPrefixes(String uri) {
      throw new UnsupportedOperationException("paths are read, never written");
    }
  }
}
