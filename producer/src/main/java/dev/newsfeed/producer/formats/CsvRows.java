package dev.newsfeed.producer.formats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of comma-separated values, as RFC 4180 has them. A row that breaks the rules is told as such,
 * and reading goes on at the next line.
 */
final class CsvRows {

  private static final int MAX_CELL = 64 * 1024;

  private final BufferedReader in;
  private int line = 1;

  CsvRows(Reader in) {
    this.in = new BufferedReader(in);
  }

  /**
   * One row.
   *
   * @param line it begins on, from 1
   * @param fault what is wrong with it; null: nothing
   */
  record Row(int line, List<String> cells, @Nullable String fault) {}

  /** The next row that is not empty; null at the end. */
  @Nullable
  Row next() throws IOException {
    while (true) {
      int start = line;
      int first = peek();
      if (first == -1) {
        return null;
      }
      if (first == '\n' || first == '\r' || first == '\uFEFF') {
        read();
        continue;
      }
      List<String> cells = new ArrayList<>();
      String fault = cells(cells);
      if (fault != null) {
        skipLine();
      }
      return new Row(start, cells, fault);
    }
  }

  /** Reads to the end of the row; what is wrong, or null. */
  private @Nullable String cells(List<String> cells) throws IOException {
    while (true) {
      StringBuilder cell = new StringBuilder();
      String fault = peek() == '"' ? quoted(cell) : bare(cell);
      if (fault != null) {
        return fault;
      }
      cells.add(cell.toString());
      int c = peek();
      if (c == ',') {
        read();
      } else if (c == '\r' || c == '\n' || c == -1) {
        read();
        return null;
      } else {
        return "goes on after a closing quote";
      }
    }
  }

  private @Nullable String quoted(StringBuilder cell) throws IOException {
    read();
    while (true) {
      int c = read();
      if (c == -1) {
        return "ends inside quotes";
      }
      if (c == '"') {
        if (peek() != '"') {
          return null;
        }
        read();
      }
      cell.append((char) c);
      if (cell.length() > MAX_CELL) {
        return "has a value longer than " + MAX_CELL + " characters";
      }
    }
  }

  private @Nullable String bare(StringBuilder cell) throws IOException {
    while (true) {
      int c = peek();
      if (c == ',' || c == '\r' || c == '\n' || c == -1) {
        return null;
      }
      cell.append((char) read());
      if (cell.length() > MAX_CELL) {
        return "has a value longer than " + MAX_CELL + " characters";
      }
    }
  }

  private void skipLine() throws IOException {
    int c = read();
    while (c != '\n' && c != -1) {
      c = read();
    }
  }

  private int peek() throws IOException {
    in.mark(1);
    int c = in.read();
    in.reset();
    return c;
  }

  private int read() throws IOException {
    int c = in.read();
    if (c == '\n') {
      line++;
    }
    return c;
  }
}
