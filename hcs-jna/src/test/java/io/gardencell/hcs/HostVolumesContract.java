package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link HostVolumes} does (hcs-abi.md section 9.3). */
public abstract class HostVolumesContract extends HostContract {

  private static final int DIRECTORY_NOT_EMPTY = 0x91;
  private static final String ABSENT = "\\\\?\\Volume{11111111-2222-3333-4444-555555555555}\\";

  private HostVolumes volumes;
  private String volume;
  private Path mountPoint;

  @BeforeEach
  void prepareVolume() throws IOException {
    volumes = host().volumes();
    volume = volumeOf(preparedLayer());
    mountPoint = Files.createDirectory(fixture().directory().resolve(unique("mount")));
  }

  @Test
  void mountsAtAnEmptyDirectoryAndTellsWhatIsThere() {
    assertThat(volumes.mountedVolume(mountPoint)).isEmpty();

    volumes.mount(mountPoint, volume);
    assertThat(volumes.mountedVolume(mountPoint)).contains(volume);

    volumes.unmount(mountPoint);
    assertThat(volumes.mountedVolume(mountPoint)).isEmpty();
    assertThat(mountPoint).isEmptyDirectory();
  }

  // hcs-abi.md §18 case 24
  @Test
  void takesAVolumeNameWithOrWithoutItsBackslash() {
    volumes.mount(mountPoint, volume.substring(0, volume.length() - 1));
    assertThat(volumes.mountedVolume(mountPoint)).contains(volume);
  }

  @Test
  void leavesWhatIsInTheVolume() throws IOException {
    volumes.mount(mountPoint, volume);
    Path contents = fixture().contents(volume).orElse(mountPoint);
    Files.writeString(contents.resolve("kept.txt"), "kept");

    volumes.unmount(mountPoint);
    assertThat(mountPoint).isEmptyDirectory();

    volumes.mount(mountPoint, volume);
    assertThat(contents.resolve("kept.txt")).hasContent("kept");
    volumes.unmount(mountPoint);
  }

  @Test
  void refusesADirectoryThatIsNotEmptyOrNotThere() throws IOException {
    Files.writeString(mountPoint.resolve("file"), "kept");
    assertThatThrownBy(() -> volumes.mount(mountPoint, volume))
        .satisfies(code(DIRECTORY_NOT_EMPTY));
    assertThat(mountPoint.resolve("file")).hasContent("kept");
    Path absent = mountPoint.resolveSibling("absent");
    assertThatThrownBy(() -> volumes.mount(absent, volume)).isInstanceOf(HcsException.class);
    assertThat(absent).doesNotExist();
  }

  @Test
  void refusesASecondMountAtOnePlace() {
    volumes.mount(mountPoint, volume);
    assertThatThrownBy(() -> volumes.mount(mountPoint, volume)).isInstanceOf(HcsException.class);
    assertThat(volumes.mountedVolume(mountPoint)).contains(volume);
  }

  @Test
  void refusesAVolumeThatIsNotThere() {
    assertThatThrownBy(() -> volumes.mount(mountPoint, ABSENT))
        .satisfies(code(HcsErrors.FILE_NOT_FOUND));
    assertThatThrownBy(() -> volumes.mount(mountPoint, "\\\\?\\Volume{x}\\"))
        .isInstanceOf(HcsException.class);
    assertThat(mountPoint).isEmptyDirectory();
  }

  @Test
  void refusesToUnmountWhereNothingIsMounted() {
    assertThatThrownBy(() -> volumes.unmount(mountPoint)).isInstanceOf(HcsException.class);
    assertThat(mountPoint).isEmptyDirectory();
    Path absent = mountPoint.resolveSibling("absent");
    assertThatThrownBy(() -> volumes.unmount(absent)).satisfies(code(HcsErrors.FILE_NOT_FOUND));
    assertThat(volumes.mountedVolume(absent)).isEmpty();
  }

  @Test
  void staysMountedAfterARestart() {
    volumes.mount(mountPoint, volume);
    assertThat(reopened().volumes().mountedVolume(mountPoint)).contains(volume);
  }
}
