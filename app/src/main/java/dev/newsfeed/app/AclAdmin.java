package dev.newsfeed.app;

import static dev.newsfeed.app.BrokerAnswer.get;

import dev.newsfeed.schemas.KafkaSettings;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** Compares somebody's rights with those of its roles, and gives what is missing; takes none. */
final class AclAdmin implements AutoCloseable {

  private final Admin admin;

  AclAdmin(KafkaSettings kafka) {
    admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-acls")));
  }

  /**
   * Gives what is missing.
   *
   * @return what somebody may do beyond that, as the brokers keep it
   * @throws UnavailableException when the cluster does not answer, or whoever asks may not ask
   */
  Set<AclBinding> give(KafkaPrincipal who, Collection<AclBinding> wanted) {
    Set<AclBinding> beyond = new LinkedHashSet<>(of(who));
    Set<AclBinding> missing = new LinkedHashSet<>(wanted);
    missing.removeAll(beyond);
    beyond.removeAll(wanted);
    get(admin.createAcls(missing).all());
    return beyond;
  }

  private Collection<AclBinding> of(KafkaPrincipal who) {
    return get(admin
        .describeAcls(new AclBindingFilter(
            ResourcePatternFilter.ANY,
            new AccessControlEntryFilter(
                who.toString(), null, AclOperation.ANY, AclPermissionType.ANY)))
        .values());
  }

  @Override
  public void close() {
    admin.close();
  }
}
