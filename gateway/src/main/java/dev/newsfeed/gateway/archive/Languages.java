package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.ckb.SoraniAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.ne.NepaliAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pl.PolishAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.ta.TamilAnalyzer;
import org.apache.lucene.analysis.te.TeluguAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.jspecify.annotations.Nullable;

/**
 * The languages whose inflections are known, each with the stems that Lucene gives its words.
 *
 * <pre>
 * en  running, runs → run        de  Häuser, Haus → haus        ru  выборы, выборов → выбор
 * </pre>
 *
 * Any other language is found by its words as they are written.
 */
final class Languages {

  private static final Map<String, Supplier<Analyzer>> KNOWN = Map.ofEntries(
      Map.entry("ar", ArabicAnalyzer::new),
      Map.entry("bg", BulgarianAnalyzer::new),
      Map.entry("bn", BengaliAnalyzer::new),
      Map.entry("ca", CatalanAnalyzer::new),
      Map.entry("ckb", SoraniAnalyzer::new),
      Map.entry("cs", CzechAnalyzer::new),
      Map.entry("da", DanishAnalyzer::new),
      Map.entry("de", GermanAnalyzer::new),
      Map.entry("el", GreekAnalyzer::new),
      Map.entry("en", EnglishAnalyzer::new),
      Map.entry("es", SpanishAnalyzer::new),
      Map.entry("et", EstonianAnalyzer::new),
      Map.entry("eu", BasqueAnalyzer::new),
      Map.entry("fa", PersianAnalyzer::new),
      Map.entry("fi", FinnishAnalyzer::new),
      Map.entry("fr", FrenchAnalyzer::new),
      Map.entry("ga", IrishAnalyzer::new),
      Map.entry("gl", GalicianAnalyzer::new),
      Map.entry("hi", HindiAnalyzer::new),
      Map.entry("hu", HungarianAnalyzer::new),
      Map.entry("hy", ArmenianAnalyzer::new),
      Map.entry("id", IndonesianAnalyzer::new),
      Map.entry("it", ItalianAnalyzer::new),
      Map.entry("lt", LithuanianAnalyzer::new),
      Map.entry("lv", LatvianAnalyzer::new),
      Map.entry("ne", NepaliAnalyzer::new),
      Map.entry("nl", DutchAnalyzer::new),
      Map.entry("no", NorwegianAnalyzer::new),
      Map.entry("pl", PolishAnalyzer::new),
      Map.entry("pt", PortugueseAnalyzer::new),
      Map.entry("ro", RomanianAnalyzer::new),
      Map.entry("ru", RussianAnalyzer::new),
      Map.entry("sr", SerbianAnalyzer::new),
      Map.entry("sv", SwedishAnalyzer::new),
      Map.entry("ta", TamilAnalyzer::new),
      Map.entry("te", TeluguAnalyzer::new),
      Map.entry("th", ThaiAnalyzer::new),
      Map.entry("tr", TurkishAnalyzer::new));

  /** The written forms of Norwegian are one language here, as their stems are. */
  private static final Map<String, String> SAME = Map.of("nb", "no", "nn", "no");

  /** Made when first needed: most newsrooms write in one or two, and Polish alone takes megabytes. */
  private static final Map<String, Analyzer> ANALYZERS = new ConcurrentHashMap<>();

  private Languages() {}

  /** The language of a tag such as {@code en-GB}, without its region; empty where there is none. */
  static String of(@Nullable String tag) {
    if (tag == null) {
      return "";
    }
    String language = tag.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return language.matches("[a-z]{2,8}") ? SAME.getOrDefault(language, language) : "";
  }

  static boolean isKnown(String language) {
    return KNOWN.containsKey(language);
  }

  static Iterable<String> known() {
    return KNOWN.keySet();
  }

  /** Cuts text into the stems of its words, without those that are too common to mean anything. */
  static Analyzer analyzer(String language) {
    return ANALYZERS.computeIfAbsent(language, Folded::new);
  }

  /** What a word is found by in a language; empty where it is too common to mean anything. */
  static List<String> stems(String language, String word) {
    return Words.placed(analyzer(language), word, Words.MOST_IN_A_WORD).stream()
        .map(Words.Word::text)
        .distinct()
        .toList();
  }

  /** The languages that have articles in an index, those with most articles first. */
  static List<String> inUse(IndexReader reader) throws IOException {
    Map<String, Integer> articles = new TreeMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      for (FieldInfo field : leaf.reader().getFieldInfos()) {
        if (field.name.startsWith(Documents.TEXT + Documents.IN)) {
          Terms terms = leaf.reader().terms(field.name);
          String language = field.name.substring((Documents.TEXT + Documents.IN).length());
          articles.merge(language, terms == null ? 0 : terms.getDocCount(), Integer::sum);
        }
      }
    }
    return articles.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Folds what the language's own analyzer leaves: people type Goteborg for Göteborg. */
  private static final class Folded extends AnalyzerWrapper {

    private final Analyzer analyzer;

    Folded(String language) {
      super(PER_FIELD_REUSE_STRATEGY);
      Supplier<Analyzer> known = KNOWN.get(language);
      if (known == null) {
        throw new IllegalArgumentException("no inflections are known of " + language);
      }
      this.analyzer = known.get();
    }

    @Override
    protected Analyzer getWrappedAnalyzer(String field) {
      return analyzer;
    }

    @Override
    protected TokenStreamComponents wrapComponents(String field, TokenStreamComponents components) {
      return new TokenStreamComponents(
          components.getSource(), Folding.of(components.getTokenStream()));
    }
  }
}
