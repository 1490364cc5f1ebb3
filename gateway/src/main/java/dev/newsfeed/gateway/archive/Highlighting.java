package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import dev.newsfeed.gateway.archive.SearchQuery.Phrase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was looked for once more, in the few articles that are shown, by the same rules.
 *
 * <pre>
 * bridge fairs, in English   …returns to the [bridge] after the [fair] of…
 * </pre>
 *
 * Nothing is kept for it in the index, so there is nothing to be erased there.
 */
final class Highlighting {

  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final int MAX_CHARACTERS = 100_000;
  private static final int MAX_WORDS = 20_000;
  private static final int BODY_PIECES = 2;
  private static final int BEFORE = 60;
  private static final int LENGTH = 180;
  private static final int LONGEST_WORD = 25; // to be kept whole at the edges

  /** Characters of a text, from the first to before the last. */
  private record Span(int start, int end) {}

  private final List<Phrase> phrases;

  Highlighting(List<Phrase> phrases) {
    this.phrases = phrases;
  }

  /** The headline, the lead and the first pieces of the body, each only if something stands in it. */
  List<Highlight> of(Article article) {
    String language = Languages.of(article.getLanguage());
    String body = article.getBodyHtml();
    List<Highlight> found = new ArrayList<>();
    whole("headline", article.getHeadline(), language, found);
    whole("lead", article.getLead(), language, found);
    if (body != null) {
      pieces(SPACES.matcher(Words.ofHtml(body)).replaceAll(" ").strip(), language, found);
    }
    return found;
  }

  private void whole(String in, @Nullable String text, String language, List<Highlight> found) {
    if (text != null) {
      List<Span> spans = spans(text, language);
      if (!spans.isEmpty()) {
        found.add(new Highlight(in, parts(text, 0, text.length(), spans)));
      }
    }
  }

  private void pieces(String whole, String language, List<Highlight> found) {
    String text = whole.substring(0, Math.min(MAX_CHARACTERS, whole.length()));
    int pieces = 0;
    int end = 0;
    List<Span> spans = spans(text, language);
    for (Span span : spans) {
      if (pieces < BODY_PIECES && span.start() >= end) {
        int start = Math.max(end, begin(text, span.start() - BEFORE));
        end = Math.max(span.end(), end(text, start + LENGTH));
        found.add(new Highlight("body", parts(text, start, end, spans)));
        pieces++;
      }
    }
  }

  /** The first beginning of a word from there on, if it is near. */
  private static int begin(String text, int from) {
    if (from <= 0) {
      return 0;
    }
    int space = text.indexOf(' ', from);
    boolean near = space >= 0 && space - from < LONGEST_WORD;
    return near ? space + 1 : characterAt(text, from);
  }

  /** The last end of a word before there, if it is near. */
  private static int end(String text, int until) {
    if (until >= text.length()) {
      return text.length();
    }
    int space = text.lastIndexOf(' ', until);
    return until - space < LONGEST_WORD ? space : characterAt(text, until);
  }

  private static int characterAt(String text, int at) {
    return Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
  }

  private static List<Highlight.Part> parts(String text, int start, int end, List<Span> spans) {
    List<Highlight.Part> parts = new ArrayList<>();
    int done = start;
    for (Span span : spans) {
      if (span.start() >= done && span.end() <= end) {
        if (span.start() > done) {
          parts.add(new Highlight.Part(text.substring(done, span.start()), false));
        }
        parts.add(new Highlight.Part(text.substring(span.start(), span.end()), true));
        done = span.end();
      }
    }
    if (done < end) {
      parts.add(new Highlight.Part(text.substring(done, end), false));
    }
    return parts;
  }

  /** Where something of the query stands, in the order of the text and without overlaps. */
  private List<Span> spans(String text, String language) {
    Map<String, Map<Integer, Words.Word>> words = new HashMap<>();
    for (Words.Word word : Words.placed(text, MAX_WORDS)) {
      words.computeIfAbsent(word.text(), key -> new HashMap<>()).put(word.position(), word);
    }
    List<Span> spans = new ArrayList<>();
    phrases.forEach(phrase -> written(phrase.words(), words, spans));
    if (Languages.isKnown(language)) {
      inflected(text, language, spans);
    }
    spans.sort(Comparator.comparingInt(Span::start));
    List<Span> merged = new ArrayList<>();
    for (Span span : spans) {
      int last = merged.size() - 1;
      if (last >= 0 && span.start() < merged.get(last).end()) {
        Span before = merged.get(last);
        merged.set(last, new Span(before.start(), Math.max(before.end(), span.end())));
      } else {
        merged.add(span);
      }
    }
    return merged;
  }

  private static void written(
      List<Words.Word> asked, Map<String, Map<Integer, Words.Word>> words, List<Span> spans) {
    Words.Word first = asked.get(0);
    words.getOrDefault(first.text(), Map.of()).forEach((position, begin) -> {
      Words.Word end = begin;
      for (Words.Word next : asked) {
        int at = position + next.position() - first.position();
        Words.Word there = words.getOrDefault(next.text(), Map.of()).get(at);
        if (there == null) {
          return;
        }
        end = there;
      }
      spans.add(new Span(begin.start(), end.end()));
    });
  }

  private void inflected(String text, String language, List<Span> spans) {
    List<Set<String>> asked = phrases.stream()
        .filter(phrase -> !phrase.exact())
        .map(phrase -> Set.copyOf(Languages.stems(language, phrase.text())))
        .toList();
    if (asked.isEmpty()) {
      return;
    }
    for (Words.Word stem : Words.placed(Languages.analyzer(language), text, MAX_WORDS)) {
      if (asked.stream().anyMatch(stems -> stems.contains(stem.text()))) {
        spans.add(new Span(stem.start(), stem.end()));
      }
    }
  }
}
