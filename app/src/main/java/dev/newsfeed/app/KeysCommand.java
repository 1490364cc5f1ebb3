package dev.newsfeed.app;

import dev.newsfeed.producer.http.AccessKey;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.KeyFile;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** Makes, lists and revokes the keys that the intake knows. */
@Command(
    name = "keys",
    description = {
      "Keys of those who publish: one for each CMS, site and editors' tool. They are kept as hashes in"
          + " NEWSFEED_KEYS (default: keys.json in NEWSFEED_DATA); an intake that is running knows of a"
          + " change within a second.",
      "",
      "  newsfeed keys create superdesk",
      "  newsfeed keys create wordpress --may articles --ids wp-",
      "  newsfeed keys create wordpress --may articles --ids wp-   the next one, while the first is in use",
      "  newsfeed keys revoke 3f9a1c2b7d",
      ""
    })
final class KeysCommand {

  private final Shell shell;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Where the keys are kept; NEWSFEED_DATA, default data.")
  private @Nullable Path data;

  KeysCommand(Shell shell) {
    this.shell = shell;
  }

  @Command(name = "create", description = "Makes a key and tells it, this once.")
  int create(
      @Parameters(paramLabel = "NAME", description = "Whose it is; a name can have two keys.")
          String name,
      @Option(
              names = "--may",
              paramLabel = "RIGHT",
              split = ",",
              description = "articles, lists (editors' lists and decisions); default: both.")
          @Nullable
          Set<Right> rights,
      @Option(
              names = "--ids",
              paramLabel = "BEGINNING",
              defaultValue = "",
              description = "Only for articles whose ids begin like this.")
          String ids,
      @Option(
              names = "--signing",
              description = "Requests are signed with it and do not carry it (HMAC-SHA256).")
          boolean signing) {
    String token;
    try {
      token = file()
          .create(
              name,
              rights == null ? EnumSet.allOf(Right.class) : rights,
              ids,
              signing,
              shell.clock().instant());
    } catch (IllegalArgumentException e) {
      throw new BadSettingException(String.valueOf(e.getMessage()));
    }
    shell.out().println(token);
    shell.err().println("this is the only time it is shown; " + file().path() + " has its hash");
    return 0;
  }

  @Command(name = "list", description = "Lists all keys, without their secrets.")
  int list() {
    List<AccessKey> keys = file().list();
    for (AccessKey key : keys) {
      shell
          .out()
          .printf(
              Locale.ROOT,
              "%s  %-20s %-15s %-10s %s  made %s%n",
              key.id(),
              key.name(),
              new TreeSet<>(key.rights()).stream().map(Enum::name).collect(Collectors.joining(",")),
              key.ids().isEmpty() ? "all ids" : key.ids() + "…",
              key.signing() ? "signing" : "bearer ",
              key.created());
    }
    if (keys.isEmpty()) {
      shell.err().println("there are no keys in " + file().path());
    }
    return 0;
  }

  @Command(name = "revoke", description = "Takes a key away, or all keys of a name.")
  int revoke(
      @Parameters(paramLabel = "ID|NAME", description = "As \"newsfeed keys list\" shows it.")
          String idOrName) {
    List<AccessKey> gone = file().revoke(idOrName);
    gone.forEach(key -> shell.out().println("revoked " + key.id() + " of " + key.name()));
    if (gone.isEmpty()) {
      shell.err().println("there is no key of this id or name: " + idOrName);
      return 1;
    }
    return 0;
  }

  private KeyFile file() {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    Path directory = data != null ? data : settings.data();
    KeyFile file = settings.keyFile(
        directory == null ? Path.of(UpCommand.DEFAULTS.get(NewsfeedSettings.DATA)) : directory);
    if (file == null) {
      throw new BadSettingException(NewsfeedSettings.KEYS + " is none: say which file");
    }
    return file;
  }
}
