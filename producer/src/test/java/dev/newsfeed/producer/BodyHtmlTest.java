package dev.newsfeed.producer;

import static org.assertj.core.api.Assertions.assertThat;

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
}
