package io.gardencell.runtime.credentials;

/**
 * Access to a CredHub (Source: winc: the file of {@code --config-file}).
 *
 * @param clientId UAA client
 * @param clientSecret its secret; never logged
 * @param endpoint base address of the CredHub API
 * @param caCertificate PEM text of the only certificate authority to trust
 */
public record CredHubConfig(
    String clientId, String clientSecret, String endpoint, String caCertificate) {

  /** Whether there is enough to ask. */
  public boolean isComplete() {
    return !clientId.isEmpty() && !clientSecret.isEmpty();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "CredHubConfig[clientId=%s, endpoint=%s]".formatted(clientId, endpoint);
  }
}
