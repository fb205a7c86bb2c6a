package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.http.EnvironmentProxy;
import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.registry.ScriptedRegistry.Asked;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryLoginTest extends RegistryTestCase {

  private static final byte[] CONTENT = ImageFixture.noise(3000);

  @BeforeEach
  void publish() {
    ImageFixture.publish(registry, List.of(Layer.gzip(CONTENT)));
  }

  // groot-image.md §23 case 34
  @Test
  void sendsNoAuthorizationWhereNoneIsAskedFor() throws Exception {
    user = "u";
    password = "p";

    assertThat(pull(image())).containsExactly(CONTENT);

    assertThat(registry.log).allSatisfy(a -> assertThat(a.header("Authorization")).isEmpty());
  }

  // groot-image.md §23 cases 35 and 36
  @Test
  void answersABasicChallengeAlsoWithoutCredentials() throws Exception {
    challengePing("Basic realm=\"x\"");
    pull(image());
    assertThat(authorizations("/manifests/")).containsOnly("Basic Og==");

    user = "u";
    password = "p";
    registry.log.clear();
    pull(image());
    assertThat(authorizations("/manifests/")).containsOnly("Basic dTpw");
    assertThat(authorizations("/blobs/")).containsOnly("Basic dTpw");
  }

  // groot-image.md §23 case 37
  @Test
  void fetchesATokenWithAccountServiceAndScope() throws Exception {
    user = "u";
    password = "p";
    bearer("tok", "\"expires_in\":300");

    pull(image());

    List<Asked> tokens = registry.asked("/token");
    assertThat(tokens).hasSize(1);
    assertThat(tokens.get(0).query().split("&"))
        .containsExactlyInAnyOrder("account=u", "service=reg", "scope=repository:a/b:pull");
    assertThat(tokens.get(0).header("Authorization")).isEqualTo("Basic dTpw");
    assertThat(authorizations("/blobs/")).containsOnly("Bearer tok");
  }

  // groot-image.md §23 case 38
  @Test
  void fetchesATokenAnonymously() throws Exception {
    bearer("tok", "\"expires_in\":300");

    pull(image());

    Asked token = registry.asked("/token").get(0);
    assertThat(token.query()).doesNotContain("account");
    assertThat(token.header("Authorization")).isEmpty();
  }

  @Test
  void takesAnAccessTokenForAToken() throws Exception {
    challengePing(bearerChallenge());
    registry.content(
        "/token", ImageFixture.utf8("{\"token\":\"\",\"access_token\":\"other\"}"), "text/json");

    pull(image());

    assertThat(authorizations("/blobs/")).containsOnly("Bearer other");
  }

  // groot-image.md §23 case 39
  @Test
  void saysThatTheTokenServerRefusesTheCredentials() {
    challengePing(bearerChallenge());
    registry.script("/token", ScriptedRegistry.status(401, 99));

    assertThatThrownBy(() -> pull(image()))
        .hasMessageContaining(
            "unable to retrieve auth token: invalid username/password:"
                + " unauthorized: incorrect username or password");
    assertThat(registry.asked("/token")).hasSize(1);
  }

  // groot-image.md §23 case 40
  @Test
  void renewsATokenThatExpiredWhilePulling() throws Exception {
    AtomicInteger issued = new AtomicInteger();
    challengePing(bearerChallenge());
    registry.script(
        "/token",
        (exchange, time) -> {
          String token = "{\"token\":\"t" + issued.incrementAndGet() + "\",\"expires_in\":300}";
          exchange.send(200, token);
          return true;
        });
    registry.everywhere(
        (exchange, time) -> {
          boolean blob = exchange.path().contains("/blobs/");
          if (!blob || exchange.header("Authorization").equals("Bearer t2")) {
            return false;
          }
          exchange.send(401, "");
          return true;
        });

    assertThat(pull(image())).containsExactly(CONTENT);

    assertThat(issued).hasValue(2);
  }

  // groot-image.md §23 case 41
  @Test
  void asksForAWiderScopeWhenToldTo() throws Exception {
    bearer("tok", "\"expires_in\":300");
    registry.everywhere(
        (exchange, time) -> {
          if (!exchange.path().contains("/manifests/") || registry.asked("/token").size() == 2) {
            return false;
          }
          exchange.add(
              "WWW-Authenticate",
              bearerChallenge() + ",error=\"insufficient_scope\",scope=\"repository:base:pull\"");
          exchange.send(401, "");
          return true;
        });

    assertThat(pull(image())).containsExactly(CONTENT);

    assertThat(registry.asked("/token").get(1).query())
        .contains("scope=repository:a/b:pull")
        .contains("scope=repository:base:pull");
  }

  @Test
  void learnsALoginThatOnlyTheImageAsksFor() throws Exception {
    registry.content("/token", ImageFixture.utf8("{\"token\":\"tok\"}"), "text/json");
    registry.everywhere(
        (exchange, time) -> {
          if (!exchange.path().contains("/manifests/")
              || !exchange.header("Authorization").isEmpty()) {
            return false;
          }
          exchange.add("WWW-Authenticate", bearerChallenge());
          exchange.send(401, "");
          return true;
        });

    assertThat(pull(image())).containsExactly(CONTENT);
  }

  // groot-image.md §23 case 51
  @Test
  void keepsCredentialsFromTheHostItIsRedirectedTo() throws Exception {
    byte[] stored = ImageFixture.gzip(CONTENT);
    try (ScriptedRegistry storage = new ScriptedRegistry()) {
      storage.content("/signed", stored, "application/octet-stream");
      challengePing("Basic realm=\"x\"");
      user = "u";
      password = "p";
      registry.script(
          "/v2/a/b/blobs/" + io.gardencell.image.source.Digest.sha256(stored),
          ScriptedRegistry.status(
              307, 99, "", e -> e.add("Location", "http://" + storage.host() + "/signed?sig=1")));

      assertThat(pull(image())).containsExactly(CONTENT);

      assertThat(storage.asked("/signed")).hasSize(1);
      assertThat(storage.asked("/signed").get(0).header("Authorization")).isEmpty();
      assertThat(storage.asked("/signed").get(0).query()).isEqualTo("sig=1");
    }
  }

  @Test
  void doesNotSendThePasswordToATokenServerInTheClear() {
    RegistryLogin login =
        new RegistryLogin(
            new HttpTransport(false, new EnvironmentProxy(Map.of()), pauses::add, silence),
            "repository:a/b:pull",
            "u",
            "p",
            false);
    login.learn(List.of("Bearer realm=\"http://" + registry.host() + "/token\""));

    assertThatThrownBy(login::authorization)
        .hasMessageContaining("http://" + registry.host() + "/token")
        .hasMessageContaining("unencrypted");
    assertThat(registry.log).isEmpty();
  }

  private void bearer(String token, String more) {
    challengePing(bearerChallenge());
    registry.content(
        "/token", ImageFixture.utf8("{\"token\":\"" + token + "\"," + more + "}"), "text/json");
  }

  private String bearerChallenge() {
    return "Bearer realm=\"http://" + registry.host() + "/token\",service=\"reg\"";
  }

  private void challengePing(String challenge) {
    registry.script(
        "/v2/", ScriptedRegistry.status(401, 99, "", e -> e.add("WWW-Authenticate", challenge)));
  }

  private List<String> authorizations(String part) {
    return registry.asked(part).stream().map(a -> a.header("Authorization")).toList();
  }
}
