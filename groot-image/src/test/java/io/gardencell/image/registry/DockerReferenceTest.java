package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DockerReferenceTest {

  private static final String HEX = "0123456789abcdef".repeat(4);

  // groot-image.md §23 cases 18 and 19
  @Test
  void followsTheRulesOfDockerHub() {
    assertThat(DockerReference.parse("//busybox"))
        .isEqualTo(new DockerReference("docker.io", "library/busybox", "latest"));
    DockerReference named = DockerReference.parse("//org/img:t");
    assertThat(named).isEqualTo(new DockerReference("docker.io", "org/img", "t"));
    assertThat(named.registry()).isEqualTo("registry-1.docker.io");
    assertThat(DockerReference.parse("//index.docker.io/a").name()).isEqualTo("library/a");
  }

  // groot-image.md §23 case 20
  @Test
  void knowsRegistriesPortsAndDigests() {
    assertThat(DockerReference.parse("//h:5000/a/b@sha256:" + HEX))
        .isEqualTo(new DockerReference("h:5000", "a/b", "sha256:" + HEX));
    assertThat(DockerReference.parse("//localhost/a").domain()).isEqualTo("localhost");
  }

  // groot-image.md §23 cases 15, 16 and 17
  @Test
  void refusesWhatIsNoReference() {
    refuses("/", "docker: image reference / does not start with //");
    refuses("//UPPER/x", "invalid reference format: repository name must be lowercase");
    refuses("//a b", "invalid reference format");
    refuses("//a:t!", "invalid reference format");
    refuses("//a@sha256:12", "invalid reference format");
    refuses(
        "//a:t@sha256:" + HEX,
        "Docker references with both a tag and digest are currently not supported");
    refuses(
        "//" + HEX,
        "invalid repository name (" + HEX + "), cannot specify 64-byte hexadecimal strings");
  }

  private static void refuses(String reference, String reason) {
    assertThatThrownBy(() -> DockerReference.parse(reference))
        .hasMessage("parsing url failed: " + reason);
  }
}
