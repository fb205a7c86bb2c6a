package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.HcsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootMountsTest extends RuntimeTest {

  private static final String VOLUME = "\\\\?\\Volume{a52b0e01-d5ba-48dd-af1f-7a4b2e8a8d07}\\";

  private final RootMounts mounts = new RootMounts(fake.host().volumes(), fake.mountRoot);

  RootMountsTest(@TempDir Path directory) {
    super(directory);
  }

  // winc-runtime.md §18 case 58
  @Test
  void aVolumeIsMountedAndNothingIsLeftOfItAfterwards() {
    mounts.mount(44, VOLUME, pid -> false);
    assertThat(fake.mounts).containsEntry(mounts.root(44), VOLUME);

    mounts.unmount(44, VOLUME);

    assertThat(fake.mounts).isEmpty();
    assertThat(directory.resolve("proc").resolve("44")).doesNotExist();
  }

  // winc-runtime.md §18 case 59
  @Test
  void aMountThatALiveContainerUsesIsNotTaken() throws IOException {
    Files.createDirectories(mounts.root(44));

    assertThatThrownBy(() -> mounts.mount(44, VOLUME, pid -> true))
        .hasMessage("mountdir exists: " + directory.resolve("proc").resolve("44"));
    mounts.mount(44, VOLUME, pid -> false);
    assertThat(fake.mounts).containsKey(mounts.root(44));
  }

  // winc-runtime.md §18 case 60
  @Test
  void aVolumeIsTheSameWithAndWithoutItsLastBackslash() {
    mounts.mount(44, VOLUME, pid -> false);

    mounts.unmount(44, VOLUME.substring(0, VOLUME.length() - 1));

    assertThat(fake.mounts).isEmpty();
  }

  // hcs-abi.md §18 case 25
  @Test
  void aMountOfAnotherVolumeIsLeftAlone() {
    mounts.mount(44, VOLUME, pid -> false);

    mounts.unmount(44, VOLUME.replace("a52b", "ffff"));

    assertThat(fake.mounts).containsEntry(mounts.root(44), VOLUME);
  }

  // winc-runtime.md §18 case 61, §17.7
  @Test
  void aVolumeThatCannotBeUnmountedKeepsItsFiles() throws IOException {
    mounts.mount(44, VOLUME, pid -> false);
    Path inside = Files.writeString(mounts.root(44).resolve("precious"), "x");
    fake.fail("DeleteVolumeMountPointW", HcsErrors.ACCESS_DENIED);

    assertThatThrownBy(() -> mounts.unmount(44, VOLUME))
        .hasMessage("error deleting mount point: Access is denied.");

    assertThat(inside).exists();
  }

  @Test
  void aVolumeThatCannotBeMountedLeavesNoDirectory() {
    fake.fail("SetVolumeMountPointW", HcsErrors.ACCESS_DENIED);

    assertThatThrownBy(() -> mounts.mount(44, VOLUME, pid -> false))
        .hasMessage("error setting mount point: Access is denied.");

    assertThat(directory.resolve("proc").resolve("44")).doesNotExist();
  }

  // winc-runtime.md §17.6
  @Test
  void sweepingClearsOnlyWhatNobodyUses() throws IOException {
    mounts.mount(44, VOLUME, pid -> false);
    mounts.mount(45, VOLUME, pid -> false);
    Files.createDirectories(directory.resolve("proc").resolve("not-a-pid"));

    mounts.sweep(pid -> pid == 45);

    assertThat(fake.mounts).containsOnlyKeys(mounts.root(45));
    assertThat(directory.resolve("proc")).isDirectoryNotContaining("glob:**44");
    assertThat(directory.resolve("proc").resolve("not-a-pid")).exists();
  }
}
