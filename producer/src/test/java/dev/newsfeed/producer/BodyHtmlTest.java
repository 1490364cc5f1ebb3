package dev.newsfeed.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyHtmlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<h2>Title</h2><p>One<br />two <strong>three</strong> <em>four</em> <b>5</b> <i>6</i></p>",
        "<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>c</blockquote>",
        "<p><a href=\"https://news.example/a\">a</a></p>",
        "<figure><img src=\"https://img.example/1.jpg\" alt=\"A river\" />"
            + "<figcaption>c</figcaption></figure>",
        "<img src=\"/photos/1.jpg\" />",
        "<table><caption>c</caption><thead><tr><th scope=\"col\">h</th></tr></thead>"
            + "<tbody><tr><td colspan=\"2\">d</td></tr></tbody></table>",
      })
  void articlesHtmlStaysAsItIs(String html) {
    assertThat(BodyHtml.sanitised(html)).isEqualTo(html);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<style>p { background: url(javascript:alert(1)) }</style>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<object data=\"x\"></object><embed src=\"x\">",
        "<img src=\"x.jpg\" onerror=\"alert(1)\">",
        "<img src=\"javascript:alert(1)\">",
        "<img src=\"data:image/svg+xml;base64,AAAA\">",
        "<img src=\"//evil.example/x.gif\">",
        "<img src=\"/\\evil.example/x.gif\">",
        "<svg><a xlink:href=\"javascript:alert(1)\"></a></svg>",
        "<math><mtext><img src=1 onerror=alert(1)></mtext></math>",
        "<form action=\"https://evil.example\"><input name=\"q\"></form>",
        "<base href=\"https://evil.example\"><meta http-equiv=\"refresh\" content=\"0\">",
        "<link rel=\"stylesheet\" href=\"https://evil.example/x.css\">",
        "<a href=\" jav&#x09;ascript:alert(1)\"></a>",
        "<!-- <p>a</p> -->",
      })
  void nothingThatRunsOrLoadsIsLeft(String html) {
    assertThat(BodyHtml.sanitised(html)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p onclick=\"x()\" style=\"color:red\" class=\"c\" id=\"i\">text</p>",
        "<p><a href=\"javascript:alert(1)\">text</a></p>",
        "<p><a href=\"vbscript:x\">text</a></p>",
        "<p><font color=\"red\">text</font>",
        "<p>text<svg/onload=alert(1)>",
      })
  void textOutlivesWhatIsTakenAway(String html) {
    assertThat(BodyHtml.sanitised(html)).isEqualTo("<p>text</p>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p>te&#x202e;xt</p>",
        "<p>te\u202Ext</p>",
        "<p>te\u0000\u0007xt&#8;</p>",
        "<p>te\uD83Dxt</p>",
        "<p>te\u2069xt\u202C</p>",
        "<p>text\uFFFF</p>",
      })
  void charactersThatAreNoTextGoOutOfHtmlToo(String html) {
    assertThat(BodyHtml.sanitised(html)).isEqualTo("<p>text</p>");
  }

  @Test
  void directionThatIsLeftOpenIsClosed() {
    assertThat(BodyHtml.sanitised("<p>\u2067\u05D0\u05D1</p>"))
        .isEqualTo("<p>\u2067\u05D0\u05D1</p>\u2069");
  }

  /** The list that newsrooms read is the one that holds. */
  @Test
  void documentedElementsAreThoseThatStay() throws Exception {
    String docs = Files.readString(Path.of("../docs/publishing.md"));
    String table = docs.substring(docs.indexOf("| elements | attributes |"));
    String rows = table.substring(0, table.indexOf("\n\n"));
    Set<String> documented = new TreeSet<>();
    rows.lines()
        .skip(2)
        .map(row -> row.split("\\|", -1)[1])
        .flatMap(cell -> Arrays.stream(cell.split("[^a-z0-9]+")))
        .filter(name -> !name.isEmpty())
        .forEach(documented::add);

    Set<String> staying = new TreeSet<>();
    for (String name : ELEMENTS) {
      // in the places where such an element may stand
      String html =
          "<table><tbody><tr><td><ul><" + name + " href=\"https://a.example/\" src=\"/a\">x</"
              + name + "></ul></td></tr></tbody></table><" + name
              + " src=\"/a\" href=\"https://a.example/\">x";
      if (BodyHtml.sanitised(html).matches("(?s).*<" + name + "[ >].*")) {
        staying.add(name);
      }
    }
    staying.addAll(Set.of("table", "tbody", "tr", "td", "ul"));
    assertThat(staying).isEqualTo(documented);
  }

  private static final String[] ELEMENTS = {
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "li",
    "link",
    "main",
    "map",
    "math",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "option",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "u",
    "ul",
    "video",
    "wbr"
  };
}
