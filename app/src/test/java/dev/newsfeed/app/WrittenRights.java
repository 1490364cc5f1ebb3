package dev.newsfeed.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/** What the table of docs/security.md says that a role may do, read as a person reads it. */
record WrittenRights(Map<String, Set<AclOperation>> rights) {

  static final String BEGIN = "<!-- rights -->\n";
  static final String END = "<!-- /rights -->";

  private static final String MANY = "…";

  static String table() throws IOException {
    String text = Files.readString(Path.of("../docs/security.md"));
    return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
  }

  static WrittenRights of(Access.Role role) throws IOException {
    List<List<String>> rows = table()
        .lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|"))
            .map(String::strip)
            .toList())
        .toList();
    int column = rows.get(0).indexOf(role.name());
    Map<String, Set<AclOperation>> rights = new LinkedHashMap<>();
    for (List<String> row : rows.subList(1, rows.size())) {
      Set<AclOperation> may = EnumSet.noneOf(AclOperation.class);
      Arrays.stream(row.get(column).split(","))
          .map(String::strip)
          .filter(word -> !word.isEmpty())
          .map(word -> AclOperation.valueOf(word.toUpperCase(Locale.ROOT).replace(' ', '_')))
          .forEach(may::add);
      rights.put(row.get(0).replace("`", "").replace("NAME", role.name()), may);
    }
    return new WrittenRights(rights);
  }

  /** With what Kafka takes for granted: whoever may read or write may look. */
  Set<AclOperation> on(String thing) {
    Set<AclOperation> all = EnumSet.noneOf(AclOperation.class);
    rights.forEach((named, may) -> {
      boolean meant = named.endsWith(MANY)
          ? thing.startsWith(named.substring(0, named.length() - MANY.length()))
          : thing.equals(named);
      if (meant) {
        all.addAll(may);
      }
    });
    if (all.contains(AclOperation.READ)
        || all.contains(AclOperation.WRITE)
        || all.contains(AclOperation.DELETE)
        || all.contains(AclOperation.ALTER)) {
      all.add(AclOperation.DESCRIBE);
    }
    if (all.contains(AclOperation.ALTER_CONFIGS)) {
      all.add(AclOperation.DESCRIBE_CONFIGS);
    }
    return all;
  }
}
